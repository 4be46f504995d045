"""How large an SVG is drawn."""

from __future__ import annotations

# Between these bounds a picture keeps its natural size: large enough to see, small enough to train on.
SMALLEST_KEPT, LARGEST_KEPT = 256.0, 1024.0
SCALED_SIDE = 512.0
SIZE_RULE = f"natural {SMALLEST_KEPT:g}..{LARGEST_KEPT:g}, else longest side {SCALED_SIDE:g}"


def drawn_scale(width: float, height: float) -> float:
    """Return the scale for a natural size in CSS pixels (96 dpi).

    A longest side from 256 to 1,024 px is kept; a smaller or larger one becomes 512 px.
    """
    longest = max(width, height)
    return 1.0 if SMALLEST_KEPT <= longest <= LARGEST_KEPT else SCALED_SIDE / longest


def pixel_size(width: float, height: float, scale: float) -> tuple[int, int]:
    """Return the picture's size in whole pixels, each side at least 1."""
    return max(round(width * scale), 1), max(round(height * scale), 1)
