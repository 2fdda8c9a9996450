"""Versioned promises and who signed them."""
