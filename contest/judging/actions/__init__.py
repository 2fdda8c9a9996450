"""Changes in judging, by what they are about."""
