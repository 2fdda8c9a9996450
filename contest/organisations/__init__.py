"""Sponsors, partners, companies, universities: the directory."""
