"""Bytes: stored once, addressed by a random id, looked at by parsers, shown as pages."""
