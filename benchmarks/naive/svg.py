"""SVG the usual way: CairoSVG in the same process, to PNG, and back to pixels."""

from __future__ import annotations

import io

import cairosvg
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def render(code: str, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Draw at the given size."""
    try:
        png = cairosvg.svg2png(
            bytestring=code.encode(), output_width=size[0], output_height=size[1], background_color="white"
        )
    except Exception:
        return None
    with Image.open(io.BytesIO(png)) as image:
        return np.array(image.convert("RGB"))
