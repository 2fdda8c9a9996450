"""Believable contests, built through the same actions as the pages use."""
