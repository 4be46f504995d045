"""Turns an exception into the reason and the text of a refusal."""

from __future__ import annotations

import errno
import socket
import traceback
import urllib.error
from collections.abc import Iterator

from PIL.Image import DecompressionBombError

from vincicoder.render.languages.python.unknown_names import unknown_name
from vincicoder.sample import Reason

FILE_NAME = "sample.py"
_MAX_CHARACTERS = 1800
_SAMPLE_FRAMES = 3


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception, its causes and contexts, and what URLError wraps."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        queue += [current.__cause__, current.__context__]
        reason = getattr(current, "reason", None)
        if isinstance(reason, BaseException):
            queue.append(reason)


def describe(error: BaseException, code: str) -> tuple[Reason, str, tuple[str, ...]]:
    """Return the reason for an exception that a sample let pass, a detail with its line number, and notes."""
    unknown = unknown_name(error)
    if unknown is None:
        return _reason(error), _detail(error, code), ()
    if not unknown.is_certain:
        return _reason(error), _detail(error, code), (unknown.note(),)
    detail = f"{unknown.sentence()}\n{_detail(error, code)}"[:_MAX_CHARACTERS]
    return Reason.RENDER_REMOVED_NAME, detail, (unknown.note(),)


def _reason(error: BaseException) -> Reason:
    for link in _chain(error):
        if isinstance(link, MemoryError):
            return Reason.RENDER_OUT_OF_MEMORY
        if isinstance(link, ImportError):
            return Reason.RENDER_MISSING_DEPENDENCY
        if isinstance(link, DecompressionBombError):  # Pillow's own limit, which is above ours
            return Reason.RENDER_TOO_LARGE
        if isinstance(link, socket.gaierror | urllib.error.URLError | PermissionError):
            return Reason.RENDER_FORBIDDEN
        if isinstance(link, OSError):
            if link.errno in (errno.EPERM, errno.EACCES, errno.EROFS):
                return Reason.RENDER_FORBIDDEN
            if link.errno in (errno.EFBIG, errno.ENOSPC, errno.EDQUOT):
                return Reason.RENDER_OUTPUT_LIMIT
            if link.errno == errno.ENOMEM:
                return Reason.RENDER_OUT_OF_MEMORY
            if isinstance(link, FileNotFoundError):
                return Reason.RENDER_MISSING_DEPENDENCY
    if "bad_alloc" in str(error):
        return Reason.RENDER_OUT_OF_MEMORY
    return Reason.RENDER_ERROR


def _detail(error: BaseException, code: str) -> str:
    summary = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, ModuleNotFoundError) and error.name:
        summary = f"missing module {error.name!r}: {summary}"
    lines = code.splitlines()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE_NAME]
    places = []
    for frame in frames[-_SAMPLE_FRAMES:]:
        number = frame.lineno or 0
        text = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        places.append(f"line {number}: {text[:200]}")
    return "\n".join([*places, summary])[:_MAX_CHARACTERS]
