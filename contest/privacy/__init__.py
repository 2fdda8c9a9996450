"""What people may ask about themselves, and what a contest forgets by itself."""
