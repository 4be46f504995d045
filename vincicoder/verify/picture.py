"""Is the picture decodable, of a usable size, and not blank?"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from vincicoder.picture_errors import why_unreadable
from vincicoder.render.finish import hash_pixels
from vincicoder.sample import Reason, Rejection
from vincicoder.similarity.color_counts import count_steps


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Bounds on a rendered picture.

    A pixel is ink when a channel is more than `ink_levels` (of 255) away from the commonest colour.
    Below `min_ink_fraction` of ink, a full 1280x720 page holds less than one small icon.
    """

    min_side: int = 16  # pixels
    max_aspect: float = 20.0  # longer side over shorter side
    ink_levels: int = 12
    min_ink_fraction: float = 0.0003


def decode_picture(
    png: bytes, width: int, height: int, pixels_sha256: str | None
) -> NDArray[np.uint8] | Rejection:
    """Decode a rendered picture to RGB, uint8 of shape (height, width, 3), or say why it can't be.

    `width`, `height` and, where it is not None, `pixels_sha256` (`hash_pixels`) are what rendering stated.
    """
    try:
        with Image.open(io.BytesIO(png)) as image:
            image.load()
            pixels = np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        return Rejection(Reason.VERIFY_UNDECODABLE, why_unreadable(error))
    found_height, found_width = pixels.shape[:2]
    if (found_width, found_height) != (width, height):
        return Rejection(
            Reason.VERIFY_UNDECODABLE, f"decodes to {found_width}x{found_height}, {width}x{height} was stated"
        )
    if pixels_sha256 is not None and hash_pixels(pixels) != pixels_sha256:
        return Rejection(Reason.VERIFY_UNDECODABLE, "decodes to other pixels than rendering stated")
    return pixels


def check_pixels(pixels: NDArray[np.uint8], limits: PictureLimits) -> Rejection | None:
    """Return why a picture of a wrong size or with next to nothing on it can't be used, or None.

    `pixels` is uint8 of shape (height, width, 3).
    """
    height, width = pixels.shape[:2]
    if min(width, height) < limits.min_side:
        return Rejection(
            Reason.VERIFY_SIZE,
            f"{width}x{height}: the shorter side must be at least {limits.min_side} px",
            min(width, height),
            limits.min_side,
        )
    if max(width, height) > limits.max_aspect * min(width, height):
        return Rejection(
            Reason.VERIFY_SIZE,
            f"{width}x{height}: sides may differ by a factor of {limits.max_aspect:g} at most",
            max(width, height) / min(width, height),
            limits.max_aspect,
        )
    ink = ink_fraction(pixels, limits.ink_levels)
    if ink < limits.min_ink_fraction:
        return Rejection(
            Reason.VERIFY_BLANK,
            f"{ink:.5%} of the pixels differ from the background; {limits.min_ink_fraction:.3%} needed",
            ink,
            limits.min_ink_fraction,
        )
    return None


def ink_fraction(pixels: NDArray[np.uint8], levels: int) -> float:
    """Return the share of pixels whose colour is visibly not the commonest one.

    `pixels` is uint8 of shape (height, width, 3); `levels` is the channel difference that counts,
    exact to 4 levels: colours are counted in 64 steps a channel.
    """
    steps, counts = count_steps(pixels)
    channels = steps.astype(np.int16)
    visible = np.abs(channels - channels[counts.argmax()]).max(axis=1) > levels
    return float(counts[visible].sum() / (pixels.shape[0] * pixels.shape[1]))
