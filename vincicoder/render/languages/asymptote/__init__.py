"""Asymptote, drawn by Debian's `asy`."""
