"""Reads decisions and results. Each query loads all that its reader touches."""
