"""The shared memory through which a forked sample hands over its picture: a JSON head, then pixels,
or the text of a figure that another language draws."""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import RenderLimits, too_large
from vincicoder.render.languages.python.capture.deferred import (
    BokehFigure,
    Deferred,
    DotGraph,
    EChartsFigure,
    PlotlyFigure,
    SvgDocument,
    VegaLiteChart,
)
from vincicoder.render.notes import checked_notes
from vincicoder.render.protocol import MAX_SCALE, MAX_TRACE_BYTES, Picture, Refusal
from vincicoder.sample import Reason

_encode = json.dumps  # the sample may have replaced it
_HEAD_BYTES = 1 << 16
_LENGTH = struct.Struct("<I")
_MAX_DETAIL = 2000


def _packed(head: dict[str, object]) -> tuple[bytes, bytes, int]:
    text = _encode(head).encode()
    return _LENGTH.pack(len(text)), text, _TEXT_AT + len(text)


_TEXT_AT = _LENGTH.size
_UNABLE = _packed(
    {
        "reason": Reason.RENDER_ERROR.value,
        "detail": "the code has replaced parts of Python or of its libraries without which no picture and no "
        "error can be handed over",
        "notes": (),
    }
)


class Region:
    """Anonymous shared memory, made once for all processes that fork samples; cleared before each sample."""

    def __init__(self, limits: RenderLimits) -> None:
        self._limits = limits
        self._capacity = limits.max_pixels * 3
        self._map = mmap.mmap(-1, _HEAD_BYTES + self._capacity)
        with suppress(OSError):
            self._map.madvise(mmap.MADV_HUGEPAGE)

    def clear(self) -> None:
        """Give all pages back to the kernel: what is read next is zero. Raises OSError."""
        self._map.madvise(mmap.MADV_REMOVE)

    def write_refusal(self, reason: Reason, detail: str, notes: Sequence[str] = ()) -> None:
        """In the sample's process: say why there is no picture."""
        self._write_head({"reason": reason.value, "detail": detail[:_MAX_DETAIL], "notes": notes})

    def write_picture(self, pixels: NDArray[np.uint8], notes: Sequence[str], trace: str = "") -> None:
        """In the sample's process: hand over RGB pixels, or refuse them if they are too many.

        A `trace` that is too long, or has no room after the pixels, is left out.
        """
        height, width = pixels.shape[:2]
        problem = too_large(width, height, self._limits)
        if problem:
            self.write_refusal(Reason.RENDER_TOO_LARGE, problem)
            return
        target = np.frombuffer(self._map, np.uint8, height * width * 3, _HEAD_BYTES)
        target.reshape(height, width, 3)[:] = pixels
        record, start = trace.encode("utf-8", "replace"), height * width * 3
        if len(record) > min(MAX_TRACE_BYTES, self._capacity - start):
            record = b""
        self._map[_HEAD_BYTES + start : _HEAD_BYTES + start + len(record)] = record
        head = {"width": width, "height": height, "notes": notes, "trace_bytes": len(record)}
        self._write_head(head)

    def write_figure(self, figure: Deferred, notes: Sequence[str]) -> None:
        """In the sample's process: hand over a figure for another language's worker to draw."""
        text = figure.text.encode("utf-8", "replace")
        allowed = min(self._capacity, self._limits.output_mb << 20)
        if len(text) > allowed:
            problem = f"a figure described by {len(text)} bytes; at most {allowed} are allowed"
            self.write_refusal(Reason.RENDER_OUTPUT_LIMIT, problem)
            return
        self._map[_HEAD_BYTES : _HEAD_BYTES + len(text)] = text
        self._write_head({"figure_bytes": len(text), **figure.head(), "notes": notes})

    def _write_head(self, head: dict[str, object]) -> None:
        self._put(*_packed(head))

    def write_unable(self) -> None:
        """In the sample's process: say that it can't say more. Calls nothing that a sample could replace."""
        self._put(*_UNABLE)

    def _put(self, length: bytes, text: bytes, end: int) -> None:
        self._map[_TEXT_AT:end] = text
        self._map[:_TEXT_AT] = length

    def read(self) -> Picture | Refusal | Deferred | None:
        """After the sample's process has ended: return what it said, or None if nothing sensible.

        A picture's pixels stay where they are, until the next `clear`. The sample could have written anything
        here: every number is checked.
        """
        (length,) = _LENGTH.unpack(self._map[: _LENGTH.size])
        if not 0 < length <= _HEAD_BYTES - _LENGTH.size:
            return None
        try:
            head = json.loads(self._map[_LENGTH.size : _LENGTH.size + length])
            if "reason" in head:
                reason = Reason(head["reason"])
                is_samples_own = reason.stage == "render" and reason is not Reason.RENDER_UNSUPPORTED
                detail, notes = str(head["detail"])[:_MAX_DETAIL], checked_notes(head["notes"])
                return Refusal(reason, detail, notes) if is_samples_own else None
            notes = checked_notes(head["notes"])
            if "figure_bytes" in head:
                figure = self._read_figure(head)
                return (
                    figure if figure is None or isinstance(figure, Refusal) else replace(figure, notes=notes)
                )
            width, height = int(head["width"]), int(head["height"])
            trace_bytes = int(head["trace_bytes"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        if too_large(width, height, self._limits):
            return None
        end = _HEAD_BYTES + height * width * 3
        if not 0 <= trace_bytes <= min(MAX_TRACE_BYTES, _HEAD_BYTES + self._capacity - end):
            return None
        trace = self._map[end : end + trace_bytes].decode("utf-8", "replace")
        pixels = np.frombuffer(self._map, np.uint8, height * width * 3, _HEAD_BYTES)
        return Picture(pixels.reshape(height, width, 3), notes, trace)

    def _read_figure(self, head: dict[str, Any]) -> Deferred | Refusal | None:
        length = int(head["figure_bytes"])
        if not 0 <= length <= self._capacity:
            return None
        text = self._map[_HEAD_BYTES : _HEAD_BYTES + length].decode("utf-8", "replace")
        if "graph" in head:
            return DotGraph(text)
        if "svg" in head:
            return SvgDocument(text)
        if "bokeh" in head:
            return BokehFigure(text)
        if "echarts" in head:
            return EChartsFigure(text, int(head["echarts"]))
        if "vega_lite" in head:
            scale = float(head["figure_scale"])
            if not 0 < scale <= MAX_SCALE:
                detail = f"a scale of {scale:g}; at most {MAX_SCALE} is allowed"
                return Refusal(Reason.RENDER_TOO_LARGE, detail)
            return VegaLiteChart(text, scale)
        numbers = [float(head[f"figure_{name}"]) for name in ("width", "height", "scale")]
        if not all(math.isfinite(number) for number in numbers):
            return None
        width, height, scale = numbers
        if not 0 < scale <= MAX_SCALE:
            return Refusal(Reason.RENDER_TOO_LARGE, f"a scale of {scale:g}; at most {MAX_SCALE} is allowed")
        problem = too_large(math.ceil(width * scale), math.ceil(height * scale), self._limits)
        if problem:
            return Refusal(Reason.RENDER_TOO_LARGE, problem)
        return PlotlyFigure(text, width, height, scale)
