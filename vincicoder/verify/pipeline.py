"""Runs the checks of one rendered picture in order; the first that rejects decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vincicoder.sample import Rejection
from vincicoder.verify.error_page import error_page
from vincicoder.verify.missing_glyphs import missing_glyphs
from vincicoder.verify.noted import check_notes
from vincicoder.verify.picture import PictureLimits, check_pixels


def verify_picture(
    pixels: NDArray[np.uint8],
    language: str,
    code: str,
    limits: PictureLimits,
    notes: Sequence[str] = (),
    changes: Sequence[str] = (),
) -> Rejection | None:
    """Return why a render, uint8 of shape (height, width, 3), can't be used, or None.

    `language` and `code` are what it was drawn from: they say what the picture should show. `notes` are the
    renderer's, `changes` those of cleaning.
    """
    return (
        check_pixels(pixels, limits)
        or check_notes(notes, changes)
        or error_page(language, code)
        or missing_glyphs(pixels, language, code)
    )
