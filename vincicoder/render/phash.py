"""The perceptual hash (pHash) of a picture: 64 bits of its brightness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_HASHED_SIDE, _HASH_SIDE = 32, 8
# Row k: the k-th cosine of the DCT-II over 32 values.
_COSINES = np.cos(
    np.pi * np.arange(_HASH_SIDE)[:, None] * (2 * np.arange(_HASHED_SIDE) + 1) / (2 * _HASHED_SIDE)
)
# Coefficients are at most 261,120; their arithmetic is off by less than 1e-8.
_COEFFICIENT_DECIMALS = 3


def perceptual_hash(image: Image.Image) -> int:
    """Return the 64-bit hash of a picture's lowest cosines, first bit highest.

    It is that of `imagehash.phash`, but for coefficients that are equal to the median, or both zero: there
    imagehash lets the error of the arithmetic decide, so that up to half of the bits of a symmetric picture
    are chance, and differ between versions of SciPy and kinds of processor.
    """
    small = image.convert("L").resize((_HASHED_SIDE, _HASHED_SIDE), Image.Resampling.LANCZOS)
    return hash_coefficients(_COSINES @ np.asarray(small, np.float64) @ _COSINES.T)


def hash_coefficients(low: NDArray[np.float64]) -> int:
    """Return which of the 8x8 lowest coefficients of a DCT-II (cosines unscaled) are above their median.

    Noise of the arithmetic decides no bit: coefficients are rounded to 0.001.
    """
    rounded = low.round(_COEFFICIENT_DECIMALS)
    bits = (rounded > np.median(rounded)).flatten()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
