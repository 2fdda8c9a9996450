"""Decisions, certified result sets, publication, certificates."""
