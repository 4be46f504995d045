"""LilyPond scores."""
