"""Speed, side by side with the usual way."""
