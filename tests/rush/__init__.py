"""What it takes to see whether anything gets lost: the served program, and everything that can go wrong."""
