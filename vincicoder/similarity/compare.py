"""Compares two pictures of any sizes by measures that need no model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.phash import perceptual_hash
from vincicoder.similarity.color_distance import color_distance
from vincicoder.similarity.structure import MIN_SIDE, check_picture, ssim_map

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


@dataclass(frozen=True, slots=True)
class View:
    """A picture at the scale at which it is compared: RGB pixels, uint8 of shape (height, width, 3), and the
    size in pixels that it came with."""

    pixels: NDArray[np.uint8]
    size: tuple[int, int]  # width, height


@dataclass(frozen=True, slots=True)
class StructureSimilarity:
    """What `PictureSimilarity` says, without the colours."""

    ssim: float
    worst_ssim: float
    aspect_ratio: float
    scale: float


def compare_pictures(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> PictureSimilarity:
    """Compare two RGB pictures, uint8 of shape (height, width, 3), whose sizes may differ.

    Raises ValueError where one is no such picture. The measures are not symmetric when sizes differ.
    """
    check_picture(reference)
    check_picture(candidate)
    first = view(Image.fromarray(reference))
    second = view_like(Image.fromarray(candidate), first)
    found = compare_structure(first, second)
    return PictureSimilarity(
        ssim=found.ssim,
        worst_ssim=found.worst_ssim,
        color_distance=color_distance(first.pixels, second.pixels),
        aspect_ratio=found.aspect_ratio,
        scale=found.scale,
    )


def view(reference: Image.Image) -> View:
    """Return an RGB picture as others are compared with it: reduced by a whole number; a tiny one is
    enlarged."""
    return View(_at_viewing_scale(reference), reference.size)


def view_like(candidate: Image.Image, reference: View) -> View:
    """Return an RGB picture as it is compared with a reference, stretched to its size before."""
    return View(_at_viewing_scale(_resized(candidate, reference.size)), candidate.size)


def compare_structure(reference: View, candidate: View) -> StructureSimilarity:
    """Compare two views, the second made by `view_like`, in all but their colours."""
    width, height = reference.size
    candidate_width, candidate_height = candidate.size
    local = ssim_map(reference.pixels, candidate.pixels)
    return StructureSimilarity(
        ssim=float(local.mean()),
        worst_ssim=worst_tile(local),
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
    return np.asarray(_resized(Image.fromarray(pixels), (width, height)))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def worst_tile(local: NDArray[np.float32]) -> float:
    """Return the lowest mean over the tiles of an 8x8 grid; a side under 8 has one tile a pixel."""
    rows, columns = (np.arange(min(_TILES, side)) * side // min(_TILES, side) for side in local.shape)
    sums = np.add.reduceat(np.add.reduceat(local.astype(np.float64), rows, axis=0), columns, axis=1)
    heights, widths = np.diff([*rows, local.shape[0]]), np.diff([*columns, local.shape[1]])
    return float((sums / np.outer(heights, widths)).min())


def _at_viewing_scale(image: Image.Image) -> NDArray[np.uint8]:
    width, height = image.size
    short = min(width, height)
    factor = max(1, round(short / _VIEWING_SIDE))
    if factor > 1:
        image = image.reduce(factor)
    elif short < MIN_SIDE:
        image = _resized(image, (-(-width * MIN_SIDE // short), -(-height * MIN_SIDE // short)))
    return np.asarray(image)
