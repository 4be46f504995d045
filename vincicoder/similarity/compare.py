"""Compares two pictures of any sizes by measures that need no model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.phash import perceptual_hash
from vincicoder.similarity.structure import MIN_SIDE, check_picture, color_distance, ssim_map

# The scale of viewing that the authors of SSIM suggest: reduce by whole numbers until the shorter side
# is about 256 pixels (https://www.cns.nyu.edu/~lcv/ssim/).
_VIEWING_SIDE = 256
_TILES = 8  # a side


@dataclass(frozen=True, slots=True)
class PictureSimilarity:
    """How similar a candidate is to a reference, after the candidate was stretched to its size.

    `ssim`: mean structural similarity, -1 to 1. `worst_ssim`: the lowest mean of the same over an 8x8
    grid of tiles, -1 to 1: what a small local change moves.
    `color_distance`: CIELAB units, 0 and up, wherever the colours lie. The stretch itself is separate:
    `aspect_ratio` is the candidate's width over height divided by the reference's, `scale` the square
    root of the candidate's area over the reference's; both are 1 where the sizes agree.
    """

    ssim: float
    worst_ssim: float
    color_distance: float
    aspect_ratio: float
    scale: float


def compare_pictures(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> PictureSimilarity:
    """Compare two RGB pictures, uint8 of shape (height, width, 3), whose sizes may differ.

    Raises ValueError where one is no such picture. The measures are not symmetric when sizes differ.
    """
    check_picture(reference)
    check_picture(candidate)
    height, width = reference.shape[:2]
    candidate_height, candidate_width = candidate.shape[:2]
    first, second = _at_viewing_scale(reference, candidate)
    local = ssim_map(first, second)
    return PictureSimilarity(
        ssim=float(local.mean()),
        worst_ssim=worst_tile(local),
        color_distance=color_distance(first, second),
        aspect_ratio=candidate_width * height / (candidate_height * width),
        scale=float(np.sqrt(candidate_width * candidate_height / (width * height))),
    )


def phash_distance(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> int:
    """Return how many of the 64 bits of the perceptual hashes of two RGB pictures differ."""
    first, second = (perceptual_hash(Image.fromarray(pixels)) for pixels in (reference, candidate))
    return (first ^ second).bit_count()


def resize_picture(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return the picture stretched to a size in pixels (bicubic, antialiased when it shrinks)."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC))


def worst_tile(local: NDArray[np.float32]) -> float:
    """Return the lowest mean over the tiles of an 8x8 grid; a side under 8 has one tile a pixel."""
    rows, columns = (np.arange(min(_TILES, side)) * side // min(_TILES, side) for side in local.shape)
    sums = np.add.reduceat(np.add.reduceat(local.astype(np.float64), rows, axis=0), columns, axis=1)
    heights, widths = np.diff([*rows, local.shape[0]]), np.diff([*columns, local.shape[1]])
    return float((sums / np.outer(heights, widths)).min())


def _at_viewing_scale(
    reference: NDArray[np.uint8], candidate: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return both at the reference's size, reduced by a whole number; tiny ones are enlarged."""
    height, width = reference.shape[:2]
    candidate = resize_picture(candidate, width, height)
    factor = max(1, round(min(height, width) / _VIEWING_SIDE))
    if factor > 1:
        return (
            np.asarray(Image.fromarray(reference).reduce(factor)),
            np.asarray(Image.fromarray(candidate).reduce(factor)),
        )
    short = min(height, width)
    if short < MIN_SIDE:
        width, height = -(-width * MIN_SIDE // short), -(-height * MIN_SIDE // short)
    return resize_picture(reference, width, height), resize_picture(candidate, width, height)
