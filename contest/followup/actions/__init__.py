"""Carries winners on."""
