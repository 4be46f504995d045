"""A raw row becomes a sample, or a reject with a reason; nothing that a source holds is lost or kills."""

from __future__ import annotations

import pytest

from vincicoder.collect import QUARANTINE_CHARACTERS, to_sample
from vincicoder.sample import RawSample, Reason, Task, make_sample_id
from vincicoder.sources.base import SourceInfo

INFO = SourceInfo("corpus", "svg", ("svg",), "MIT", "here", "none")


def collect(code: str | bytes | None, language: str = "svg", domain: str = "svg", limit: int = 1000):  # type: ignore[no-untyped-def]
    return to_sample(RawSample("row-1", code, language, domain, "MIT"), INFO, "1.0", limit)


def test_text_is_kept_with_plain_line_ends_and_a_stable_id() -> None:
    sample, rejection = collect("\ufeff<svg>\r\n</svg>\r")
    assert rejection is None
    assert sample.code == "<svg>\n</svg>\n"
    assert sample.sample_id == make_sample_id("corpus", "row-1", Task.DIRECT, "<svg>\n</svg>\n")


@pytest.mark.parametrize(
    ("code", "reason", "detail"),
    [
        (None, Reason.COLLECT_NO_CODE, "no code"),
        ("", Reason.COLLECT_NO_CODE, "empty"),
        (" \n\t", Reason.COLLECT_NO_CODE, "white space"),
        (b"\x89PNG\r\n\x1a\n\xff", Reason.COLLECT_NOT_TEXT, "invalid start byte"),
        (b"\x00\x01", Reason.COLLECT_NOT_TEXT, "NUL"),
        ("a\0b", Reason.COLLECT_NOT_TEXT, "NUL"),
        ("a\ud800b", Reason.COLLECT_NOT_TEXT, "surrogates"),
        ("x" * 1001, Reason.COLLECT_OVERSIZED, "1001 bytes; at most 1000"),
        (b"x" * 1001, Reason.COLLECT_OVERSIZED, "1001 bytes; at most 1000"),
    ],
)
def test_what_is_no_code_is_rejected_with_its_reason(
    code: str | bytes | None, reason: Reason, detail: str
) -> None:
    sample, rejection = collect(code)
    assert rejection is not None
    assert rejection.reason is reason
    assert detail in rejection.detail
    sample.code.encode("utf-8")  # storable


def test_oversized_rows_keep_only_their_head() -> None:
    sample, rejection = collect("x" * 10_000_000, limit=5_000)
    assert rejection is not None
    assert rejection.reason is Reason.COLLECT_OVERSIZED
    assert len(sample.code) == QUARANTINE_CHARACTERS


def test_unknown_languages_and_domains_are_named() -> None:
    _, language = collect("x = 1", language="cobol")
    _, domain = collect("x = 1", domain="music")
    assert language is not None and language.reason is Reason.COLLECT_UNKNOWN_LANGUAGE
    assert "'cobol'" in language.detail and "python" in language.detail
    assert domain is not None and domain.reason is Reason.COLLECT_UNKNOWN_DOMAIN
