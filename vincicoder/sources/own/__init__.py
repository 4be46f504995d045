"""Data of the user's own."""
