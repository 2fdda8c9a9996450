"""Keeps an instance sound: its health, its invariants, its backups."""
