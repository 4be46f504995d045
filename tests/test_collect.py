"""A raw row becomes a sample, or a reject with a reason; nothing that a source holds is lost or kills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.home import Home
from storage.outputs import read_output
from tasks.sft.collect import CollectShard, collect_shard
from vincicoder.collect import QUARANTINE_CHARACTERS, to_sample
from vincicoder.sample import RawSample, Reason, Rejection, Task, make_sample_id
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


def test_the_verdict_of_the_source_comes_first_and_keeps_what_was_received() -> None:
    verdict = Rejection(Reason.COLLECT_OTHER_TASK, "category 'qa'\0")
    for code in ("three bars", None, b"\xff"):
        raw = RawSample("row-1", code, "python", "chart", "MIT", rejection=verdict)
        sample, rejection = to_sample(raw, INFO, "1.0", 1000)
        assert rejection == Rejection(Reason.COLLECT_OTHER_TASK, "category 'qa'\\x00")
    assert sample.code == "\\xff"


class _Pictures:
    info = INFO

    def revision(self) -> str:
        return "1"

    def count(self) -> int:
        return 3

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        verdict = Rejection(Reason.COLLECT_OTHER_TASK, "a question")
        made = [
            RawSample("a", "<svg/>", "svg", "svg", "MIT", image=b"picture a"),
            RawSample("b", "<svg></svg>", "svg", "svg", "MIT"),
            RawSample("c", "what?", "svg", "svg", "MIT", image=b"picture c", rejection=verdict),
        ]
        yield from made[start:stop]


def test_pictures_of_kept_rows_are_written_beside_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    output = collect_shard.fn(home, "corpus", 0, _Pictures(), CollectShard((0, 1, 2)), 1000)
    assert (output.rows_kept, output.rows_rejected) == (2, 1)
    images = read_output(home, output, "source_images").to_pylist()
    assert images == [
        {"sample_id": make_sample_id("corpus", "a", Task.DIRECT, "<svg/>"), "image": b"picture a"}
    ]
    without = collect_shard.fn(home, "corpus", 0, _Pictures(), CollectShard((1,)), 1000)
    assert "source_images.parquet" not in without.files
