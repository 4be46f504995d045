"""How alike our render is to the picture that the corpus itself has of a row."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.finish import flatten_on_white
from vincicoder.similarity.compare import compare_pictures
from vincicoder.similarity.structure import commonest_color, ink_mask

# As for renders: what a picture's file says of its size is believed up to here.
_MAX_PIXELS = 40_000_000
# What compression leaves around lines is fainter than this; what is drawn faintly at an edge is no loss.
_EDGE_LEVELS = 48
MEASURES = ("structure", "detail", "hash", "color", "aspect")


@dataclass(frozen=True, slots=True)
class OwnPictureScores:
    """Distances of a render from the corpus's own picture of the row; 0 everywhere means the same.

    Both are cut to what is drawn on them first, for margins say nothing, and the render is stretched to the
    other's size. `structure` is 1 - SSIM (0 to 2); `detail` the same in the worst of 8x8 tiles (0 to 2);
    `hash` bits of the perceptual hash (0 to 64); `color` CIELAB units (0 and up); `aspect` the absolute
    natural logarithm of the ratio of the two aspect ratios (0 and up).
    """

    structure: float
    detail: float
    hash: float
    color: float
    aspect: float

    @property
    def similarity(self) -> float:
        """One number from 0 to 1: the structural similarity, negative values taken as 0."""
        return max(0.0, 1.0 - self.structure)


def read_own_picture(data: bytes) -> NDArray[np.uint8] | None:
    """Decode a corpus's picture of any usual format to RGB on white, or None where that can't be done.

    A broken picture of the corpus is no fault of the code, which has a render of its own.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _MAX_PIXELS:
                return None
            image.load()
            return flatten_on_white(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def compare_with_own(own: NDArray[np.uint8], render: NDArray[np.uint8]) -> OwnPictureScores:
    """Compare two RGB pictures, uint8 of shape (height, width, 3)."""
    found = compare_pictures(cut_to_ink(own), cut_to_ink(render))
    return OwnPictureScores(
        structure=1.0 - found.ssim,
        detail=1.0 - found.worst_ssim,
        hash=float(found.phash_distance),
        color=found.color_distance,
        aspect=abs(math.log(found.aspect_ratio)),
    )


def cut_to_ink(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the part of a picture that is drawn on: without the margins of the commonest colour."""
    ink = ink_mask(pixels, commonest_color(pixels), _EDGE_LEVELS)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return pixels
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
