"""Reads of judging, by what they are about."""
