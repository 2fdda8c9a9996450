"""Reads cases. Each query loads all that its reader touches."""
