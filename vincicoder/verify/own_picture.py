"""How similar our render is to the corpus's own picture of a row."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.orientation import upright
from vincicoder.render.finish import flatten_on_white
from vincicoder.similarity.compare import compare_pictures, phash_distance
from vincicoder.verify.align import align_pictures
from vincicoder.verify.drawn import chroma_distance, missing_share

# As for renders: what a picture's file says of its size is believed up to here.
_MAX_PIXELS = 40_000_000
# Both are compared at the scale of the smaller one, with a shorter side of at most this (pixels): the scale
# of viewing that the authors of SSIM suggest, as in `compare_pictures`.
_SHORT_SIDE = 256
_LEAST_SIDE = 16
MEASURES = ("structure", "detail", "hash", "color", "aspect", "missing", "chroma")


@dataclass(frozen=True, slots=True)
class OwnPictureScores:
    """Distances of a render from the corpus's own picture of the row; 0 everywhere means the same.

    Both are laid over each other first, for margins say nothing (see `vincicoder.verify.align`), and brought
    to one size. `structure` is 1 - SSIM (0 to 2); `detail` the same in the worst of 8x8 tiles (0 to 2);
    `hash` bits of the perceptual hash (0 to 64); `color` CIELAB units (0 and up); `aspect` the absolute
    natural logarithm of the ratio of the two aspect ratios (0 and up); `missing` the share of what is drawn
    in one that is not in the other (0 to 1); `chroma` CIELAB units where both are drawn (0 and up): see
    `vincicoder.verify.drawn`.
    """

    structure: float
    detail: float
    hash: float
    color: float
    aspect: float
    missing: float
    chroma: float

    @property
    def similarity(self) -> float:
        """One number from 0 to 1: the structural similarity, negative values taken as 0."""
        return max(0.0, 1.0 - self.structure)


def read_own_picture(data: bytes) -> NDArray[np.uint8] | None:
    """Decode a corpus's picture of any usual format to RGB on white, or None where that can't be done.

    It is turned as its EXIF says.

    A broken picture of the corpus is no fault of the code, which has a render of its own.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _MAX_PIXELS:
                return None
            image.load()
            return flatten_on_white(upright(image))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def compare_with_own(own: NDArray[np.uint8], render: NDArray[np.uint8]) -> OwnPictureScores:
    """Compare two RGB pictures, uint8 of shape (height, width, 3)."""
    boxes = align_pictures(own, render)
    (own_width, own_height), (width, height) = (
        (right - left, bottom - top) for left, top, right, bottom in boxes
    )
    scale = min(1.0, _SHORT_SIDE / min(own_width, own_height), min(width / own_width, height / own_height))
    size = (max(_LEAST_SIDE, round(own_width * scale)), max(_LEAST_SIDE, round(own_height * scale)))
    first, second = (
        np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, box, reducing_gap=3.0))
        for pixels, box in zip((own, render), boxes, strict=True)
    )
    found = compare_pictures(first, second)
    return OwnPictureScores(
        structure=1.0 - found.ssim,
        detail=1.0 - found.worst_ssim,
        hash=float(phash_distance(first, second)),
        color=found.color_distance,
        aspect=abs(math.log(width * own_height / (height * own_width))),
        missing=missing_share(first, second),
        chroma=chroma_distance(first, second),
    )
