"""What callers of the render engine see: requests, limits and results."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vincicoder.sample import DataFile, Reason


class RenderStatus(StrEnum):
    """The outcome of one request."""

    RENDERED = "rendered"
    REJECTED = "rejected"  # the sample's fault; `reason` says which
    FAILED = "failed"  # our fault, after the retry; never counts against the sample


class Recording(StrEnum):
    """Whether a record is asked for of what a program draws (`vincicoder.evaluate.trace`)."""

    NONE = "none"
    BESIDE = "beside"  # the picture
    ALONE = "alone"  # the picture is then one white pixel, where a chart is recorded: painting takes a third


_MOST_TIMES_PIXELS, _MOST_TIMES_SIDE = 8, 4


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """Bounds on one sample. CPU time is the strict one: wall time is generous, so that a loaded
    machine does not lose good samples."""

    cpu_seconds: float = 20.0
    wall_seconds: float = 60.0
    memory_mb: int = 2048
    output_mb: int = 64  # bytes a sample may write in files
    max_width: int = 16384  # pixels
    max_height: int = 16384  # pixels
    max_pixels: int = 40_000_000


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One sample to render. `request_id` is chosen by the caller and returned unchanged.

    `recording` asks for a record of what is drawn, where the language has one. `data` are
    files that the program may read, by names relative to the folder that it runs in; their names are checked
    by who makes the request (`vincicoder.data_files`). A language whose programs read none leaves them out.
    """

    request_id: str
    language: str
    code: str
    recording: Recording = Recording.NONE
    data: tuple[DataFile, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderResult:
    """The picture, or the reason there is none.

    `png` is RGB with no alpha (composited on white). `pixels` is set instead of `png` when the
    engine was opened with `output="pixels"`: uint8 of shape (height, width, 3).
    `pixels_sha256`, `phash` (64 bit) and `thumbnail` (16x16 RGB bytes, box filter) are computed in
    the worker while the pixels are in memory; all are None unless `status` is rendered.
    `trace` is a record of what was drawn, as the sample itself tells it: see `vincicoder.evaluate.trace`.
    `seconds` is the time from the start of the work to its end, queueing not counted. `notes` say what
    the program did while it drew (`notes.py`).
    """

    request_id: str
    status: RenderStatus
    reason: Reason | None
    detail: str
    png: bytes | None
    pixels: NDArray[np.uint8] | None
    width: int
    height: int
    seconds: float
    fingerprint: str
    pixels_sha256: str | None = None
    phash: int | None = None
    thumbnail: bytes | None = None
    notes: tuple[str, ...] = ()
    trace: str = ""


def shrink_factor(width: float, height: float, limits: RenderLimits) -> float:
    """Return by what both sides (pixels) are multiplied so that a picture is within the limits: 1 if it is.

    0 where it is over them beyond all sense: eight times the pixels, or four times a side.
    """
    pixels = width * height
    sides = max(width / limits.max_width, height / limits.max_height)
    if pixels > _MOST_TIMES_PIXELS * limits.max_pixels or sides > _MOST_TIMES_SIDE:
        return 0.0
    return min(1.0, 1 / max(sides, 1e-9), math.sqrt(limits.max_pixels / max(pixels, 1)))


def too_large(width: int, height: int, limits: RenderLimits) -> str:
    """Return why a picture of this size (pixels) is refused, or '' when it is within the limits."""
    if width < 1 or height < 1:
        return f"picture of {width}x{height} pixels: at least 1x1 is needed"
    if width > limits.max_width or height > limits.max_height or width * height > limits.max_pixels:
        return (
            f"picture of {width}x{height} pixels: at most {limits.max_width} wide, {limits.max_height} high "
            f"and {limits.max_pixels} in all are allowed"
        )
    return ""
