"""Confidential documents: who opened which one when."""
