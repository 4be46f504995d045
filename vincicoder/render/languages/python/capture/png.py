"""Writes a figure's PNG for the code that asked for it: the engine itself takes the pixels from the canvas.

Pillow tries five filters on every row, which is most of its time; flat areas, as charts have them, need none.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA_8_BIT = (8, 6, 0, 0, 0)  # depth, colour type, compression, filters, no interlacing
_INCHES_PER_METRE = 1 / 0.0254


def write_png(target: Any, rgba: NDArray[np.uint8], dpi: float) -> None:
    """Write pixels (height, width, 4) to a path or an open binary file. Raises OSError."""
    height, width = rgba.shape[:2]
    rows = np.empty((height, 1 + 4 * width), np.uint8)
    rows[:, 0] = 0  # this row has no filter
    rows[:, 1:] = rgba.reshape(height, -1)
    packer = zlib.compressobj(1, zlib.DEFLATED, strategy=zlib.Z_RLE)
    pixels_per_metre = int(dpi * _INCHES_PER_METRE + 0.5)
    data = b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">II5B", width, height, *_RGBA_8_BIT)),
            _chunk(b"pHYs", struct.pack(">IIB", pixels_per_metre, pixels_per_metre, 1)),
            _chunk(b"IDAT", packer.compress(rows.data) + packer.flush()),
            _chunk(b"IEND", b""),
        )
    )
    if hasattr(target, "write"):
        target.write(data)
    else:
        Path(target).write_bytes(data)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
