"""Cuts pictures into a grid of square tiles: InternVL's dynamic resolution, and one near the picture's size.

InternVL's rule: arXiv 2404.16821, `dynamic_preprocess`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.compare import resize_picture

TILE_SIDE = 448  # pixels


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns and rows of tiles."""

    columns: int
    rows: int

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self.columns * self.rows


def internvl_grid(width: int, height: int, most: int = 12, side: int = TILE_SIDE) -> Grid:
    """Return InternVL's grid: the aspect ratio nearest the picture's, of 1 to `most` tiles.

    Of equally near ratios a larger one is taken only where the picture's area is over half of the grid's.
    """
    aspect = width / height
    best, best_difference = Grid(1, 1), math.inf
    for grid in _grids_by_count(most):
        difference = abs(aspect - grid.columns / grid.rows)
        larger = width * height > 0.5 * side * side * grid.count
        if difference < best_difference or (difference == best_difference and larger):
            best, best_difference = grid, difference
    return best


@cache
def _grids_by_count(most: int) -> tuple[Grid, ...]:
    """Return all grids of at most `most` tiles, fewest first.

    InternVL sorts a set of pairs by count, so grids of one count come in the set's order; that order never
    matters, because no two of one count have the same aspect ratio.
    """
    pairs = [(c, r) for c in range(1, most + 1) for r in range(1, most + 1) if c * r <= most]
    return tuple(Grid(c, r) for c, r in sorted(pairs, key=lambda pair: pair[0] * pair[1]))


def native_grid(width: int, height: int, least: int = 4, most: int = 12, side: int = TILE_SIDE) -> Grid:
    """Return the grid of `least` to `most` tiles that is nearest to the picture's own size and shape.

    A picture of 640x480 has 2x2 tiles, where InternVL's rule enlarges it to 4x3; a small square, which
    that rule leaves whole, has 2x2.
    """
    wanted = min(max(width * height / (side * side), least), most)
    return min(
        (grid for grid in _grids_by_count(most) if grid.count >= least),
        key=lambda grid: (
            abs(math.log(width / height * grid.rows / grid.columns))
            + 0.5 * abs(math.log(grid.count / wanted))
        ),
    )


def cut_tiles(pixels: NDArray[np.uint8], grid: Grid, side: int = TILE_SIDE) -> NDArray[np.uint8]:
    """Return the tiles row by row, uint8 (n, side, side, 3), of an RGB picture stretched onto the grid."""
    canvas = resize_picture(pixels, grid.columns * side, grid.rows * side)
    tiles = canvas.reshape(grid.rows, side, grid.columns, side, 3).swapaxes(1, 2)
    return np.ascontiguousarray(tiles).reshape(grid.count, side, side, 3)


def whole_tile(pixels: NDArray[np.uint8], side: int = TILE_SIDE) -> NDArray[np.uint8]:
    """Return the whole picture stretched onto one tile, uint8 (1, side, side, 3)."""
    return np.ascontiguousarray(resize_picture(pixels, side, side))[None]
