"""Pictures that a program wrote as PNG: several in one file, or several files, one below the other."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from PIL import Image

from vincicoder.render.api import RenderLimits, too_large
from vincicoder.render.finish import flatten_on_white, stacked
from vincicoder.render.notes import pages
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.sample import Reason

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def split_pngs(data: bytes) -> list[bytes]:
    """Cut PNG files that stand one after the other; what follows a whole one begins the next."""
    files, start, place = [], 0, len(SIGNATURE)
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        place += 12 + length
        if kind == b"IEND":
            files.append(data[start:place])
            start, place = place, place + len(SIGNATURE)
    return files or [data]


def stacked_pngs(files: Sequence[bytes], limits: RenderLimits) -> Picture | Refusal:
    """Return all pictures one below the other, on white."""
    images = [Image.open(io.BytesIO(data), formats=("PNG",)) for data in files]
    width, height = max(image.width for image in images), sum(image.height for image in images)
    notes = (pages(len(images)),) if len(images) > 1 else ()
    problem = too_large(width, height, limits)
    if problem:
        return Refusal(Reason.RENDER_TOO_LARGE, problem, notes)
    return Picture(stacked([flatten_on_white(image) for image in images]), notes)
