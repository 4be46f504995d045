"""One folder a language: its renderer, and what only that renderer needs."""
