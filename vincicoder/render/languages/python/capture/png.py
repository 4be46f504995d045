"""Writes a figure's PNG for the code that asked for it: the engine takes the pixels from the canvas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.png import png_file


def write_png(target: Any, rgba: NDArray[np.uint8], dpi: float) -> None:
    """Write pixels (height, width, 4) to a path or an open binary file. Raises OSError."""
    data = png_file(rgba, dpi)
    if hasattr(target, "write"):
        target.write(data)
    else:
        Path(target).write_bytes(data)
