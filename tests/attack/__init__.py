"""Plays against the program and measures what it promises: `make attack`.

Every module here that has `promises()` is an area. What it measures with stands in the folder of its
subject under tests/.
"""
