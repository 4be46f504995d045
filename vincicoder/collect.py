"""The first stage: a source's raw row becomes a sample, or a reject that is safe to keep."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from vincicoder.render.registry import ROW_LANGUAGES
from vincicoder.sample import (
    Domain,
    RawSample,
    Reason,
    Rejection,
    Sample,
    Task,
    code_sha256,
    make_sample_id,
)

if TYPE_CHECKING:
    from vincicoder.sources.base import SourceInfo

# How much of a row that is no usable text goes to quarantine, in characters.
QUARANTINE_CHARACTERS = 4_000
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def to_sample(
    raw: RawSample, info: SourceInfo, revision: str, max_code_bytes: int
) -> tuple[Sample, Rejection | None]:
    """Turn a raw row into a sample, with the rejection where it can't be one; the source's own comes first.

    Line ends become LF and a byte order mark goes; nothing else of the code changes. A rejected
    row keeps the head of what was received, made printable.
    """
    code, rejection = _as_text(raw.code, max_code_bytes)
    if raw.rejection is not None:
        rejection = Rejection(raw.rejection.reason, _printable(raw.rejection.detail))
    if rejection is None and raw.language not in ROW_LANGUAGES:
        detail = f"received {raw.language!r}; known are {', '.join(ROW_LANGUAGES)}"
        rejection = Rejection(Reason.COLLECT_UNKNOWN_LANGUAGE, detail)
    if rejection is None and raw.domain not in set(Domain):
        rejection = Rejection(
            Reason.COLLECT_UNKNOWN_DOMAIN, f"received {raw.domain!r}; known are {', '.join(Domain)}"
        )
    source_id = _printable(raw.source_id)
    sample = Sample(
        sample_id=make_sample_id(info.name, source_id, Task.DIRECT, code),
        source=info.name,
        source_id=source_id,
        source_revision=revision,
        license=_printable(raw.license),
        domain=_printable(raw.domain),
        language=_printable(raw.language),
        task=Task.DIRECT,
        code=code,
        code_sha256=code_sha256(code),
    )
    return sample, rejection


def _as_text(code: str | bytes | None, max_code_bytes: int) -> tuple[str, Rejection | None]:
    if code is None:
        return "", Rejection(Reason.COLLECT_NO_CODE, "the row has no code")
    if len(code) > max_code_bytes:
        raw = code if isinstance(code, bytes) else code.encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(raw).hexdigest()
        detail = f"{len(raw)} bytes; at most {max_code_bytes} are read; sha256 {digest}"
        return _printable(code[:QUARANTINE_CHARACTERS]), Rejection(
            Reason.COLLECT_OVERSIZED, detail, len(raw), max_code_bytes
        )
    if isinstance(code, bytes):
        try:
            code = code.decode("utf-8")
        except UnicodeDecodeError as error:
            return _printable(code[:QUARANTINE_CHARACTERS]), Rejection(
                Reason.COLLECT_NOT_TEXT, str(error)[:300]
            )
    if _NOT_TEXT.search(code):
        detail = "the code holds NUL characters or lone surrogates"
        return _printable(code[:QUARANTINE_CHARACTERS]), Rejection(Reason.COLLECT_NOT_TEXT, detail)
    code = code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not code.strip():
        return "", Rejection(Reason.COLLECT_NO_CODE, "the code is empty or only white space")
    return code, None


def _printable(text: str | bytes) -> str:
    """Make anything storable as UTF-8 without NUL, with escapes for what is not."""
    if isinstance(text, bytes):
        return text.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
