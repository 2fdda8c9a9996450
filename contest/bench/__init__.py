"""`python -m contest bench …`: measures the program and says whether every bar is met."""
