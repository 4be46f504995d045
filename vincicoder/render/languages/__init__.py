"""One folder a language: its renderer, and what that alone needs."""
