"""Durable work: promised inside a transaction, done after it, at least once."""
