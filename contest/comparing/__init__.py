"""Rounds in which judges walk from table to table and compare two entries at a time."""
