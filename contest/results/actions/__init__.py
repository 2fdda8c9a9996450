"""Decides, certifies and publishes."""
