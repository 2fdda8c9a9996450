"""Copies people's data, erases people, and lets contests forget."""
