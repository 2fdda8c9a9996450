"""The program as OpenAPI tells it, and what happens to whoever takes that at its word, or does not."""
