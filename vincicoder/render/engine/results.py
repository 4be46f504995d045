"""Makes results from what a worker sends, and trusts none of it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from vincicoder.render.api import RenderRequest, RenderResult, RenderStatus
from vincicoder.render.configuration import WorkerConfiguration
from vincicoder.render.engine.handle import Job
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.finish import THUMBNAIL_SIDE
from vincicoder.render.notes import checked_notes, merged
from vincicoder.render.protocol import MAX_TRACE_BYTES, HandOver, PageView
from vincicoder.render.registry import LANGUAGES
from vincicoder.render.wire import Message
from vincicoder.sample import Reason

_MOST_SECONDS = 1e6
_SHA256 = re.compile("[0-9a-f]{64}")


def rejected(
    request: RenderRequest, reason: Reason, detail: str, seconds: float = 0.0, notes: tuple[str, ...] = ()
) -> RenderResult:
    """Return a rejection: the sample's fault. Lone surrogates in its text are replaced."""
    detail = detail.encode("utf-8", "replace").decode()
    name = "" if reason is Reason.RENDER_UNSUPPORTED else fingerprint(request.language)
    return RenderResult(
        request_id=request.request_id,
        status=RenderStatus.REJECTED,
        reason=reason,
        detail=detail,
        png=None,
        pixels=None,
        width=0,
        height=0,
        seconds=seconds,
        fingerprint=name,
        notes=notes,
    )


def failed(request: RenderRequest, detail: str) -> RenderResult:
    """Return a failure of the engine."""
    return RenderResult(request.request_id, RenderStatus.FAILED, None, detail, None, None, 0, 0, 0.0, "")


def read_hand_over(job: Job, message: Message, payload: bytearray) -> HandOver:
    """Return what a worker hands over. Raises KeyError, TypeError or ValueError as `from_message`."""
    language = str(message["hand_over"])
    if job.handed_over is not None or language not in LANGUAGES[job.language].hands_over_to:
        raise ValueError(f"{job.language!r} may not hand over to {language!r} here")
    return HandOver(
        language,
        payload.decode("utf-8", "surrogatepass"),
        PageView.from_message(message["view"]),
        notes=checked_notes(message["notes"]),
    )


def checked_seconds(value: Any) -> float:
    """Return a time that a worker states. Raises TypeError, ValueError where it is none."""
    seconds = float(value)
    if not 0 <= seconds <= _MOST_SECONDS:  # false for NaN
        raise ValueError(f"a time of {seconds} s")
    return seconds


def _checked_sha256(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(f"a sha256 of {value!r:.100}")
    return value


def _checked_phash(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 64:
        raise ValueError(f"a phash of {value!r:.100}; it has 64 bits")
    return value


def from_message(
    job: Job, configuration: WorkerConfiguration, message: Message, payload: bytearray
) -> RenderResult:
    """Return the result that a worker's message means.

    Raises KeyError, TypeError or ValueError where it is malformed.
    """
    request = job.request
    seconds = job.seconds + checked_seconds(message["seconds"])
    notes = merged(job.notes, checked_notes(message["notes"]))
    if "reason" in message:
        reason = Reason(message["reason"])
        if reason.stage != "render":
            raise ValueError(f"a worker gave {reason.value!r}, which is not a reason of rendering")
        return rejected(request, reason, str(message["detail"]), seconds, notes)
    width, height = int(message["width"]), int(message["height"])
    limits = configuration.limits
    if not (0 < width <= limits.max_width and 0 < height <= limits.max_height):
        raise ValueError(f"picture of {width}x{height} pixels")
    as_pixels = configuration.output == "pixels"
    if as_pixels and len(payload) != width * height * 3:
        raise ValueError(f"{len(payload)} bytes for {width}x{height} RGB pixels")
    trace = message.get("trace", "")
    if not isinstance(trace, str) or len(trace) > MAX_TRACE_BYTES:
        raise ValueError(f"a trace that is {type(trace).__name__}, of {len(str(trace))} characters")
    measures = {}
    if configuration.measure:
        thumbnail = bytes.fromhex(message["thumbnail"])
        if len(thumbnail) != THUMBNAIL_SIDE * THUMBNAIL_SIDE * 3:
            raise ValueError(f"thumbnail of {len(thumbnail)} bytes")
        measures = {
            "pixels_sha256": _checked_sha256(message["pixels_sha256"]),
            "phash": _checked_phash(message["phash"]),
            "thumbnail": thumbnail,
        }
    return RenderResult(
        request_id=request.request_id,
        status=RenderStatus.RENDERED,
        reason=None,
        detail="",
        png=None if as_pixels else bytes(payload),
        pixels=np.frombuffer(payload, np.uint8).reshape(height, width, 3) if as_pixels else None,
        width=width,
        height=height,
        seconds=seconds,
        fingerprint=fingerprint(request.language),
        notes=notes,
        trace=trace,
        **measures,  # type: ignore[arg-type]
    )
