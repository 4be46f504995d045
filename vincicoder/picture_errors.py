"""Why a picture file cannot be read, in words that are the same each time."""

from __future__ import annotations

from PIL import UnidentifiedImageError


def why_unreadable(error: Exception) -> str:
    """Return the class and text of Pillow's error. Its text for unknown formats has an address of memory."""
    if isinstance(error, UnidentifiedImageError):
        return "UnidentifiedImageError: no known picture format"
    return f"{type(error).__name__}: {error}"
