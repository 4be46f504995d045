"""The file of answers: every line answers an item or is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vincicoder.evaluate.answers import AnswersError, read_answers
from vincicoder.evaluate.programs import program_of

ITEMS = ("a", "b", "c", "d")


def write(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_every_line_counts_or_is_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "answers.jsonl",
        {"item_id": "a", "answer": "first", "model": "more columns do no harm"},
        {"item_id": "b", "answer": ""},
        "",
        {"item_id": "c", "answer": None},
        {"item_id": "a", "answer": "second"},
        {"item_id": "stranger", "answer": "x"},
        {"item_id": 7, "answer": "x"},
        {"item_id": "d"},
        {"item_id": "d", "answer": ["x"]},
        "{broken",
        "[" * 100_000,
        "[1]",
    )
    found = read_answers(path, ITEMS)
    assert dict(found.answers) == {"a": "first", "b": "", "c": ""}
    assert [(problem.kind, problem.line) for problem in found.problems] == [
        ("unknown", 6),
        ("malformed", 7),
        ("malformed", 8),
        ("malformed", 9),
        ("malformed", 10),
        ("malformed", 11),
        ("malformed", 12),
    ]
    counts = found.counts(ITEMS)
    assert {name: counts[name] for name in ("answered", "empty", "missing")} == {
        "answered": 1,
        "empty": 2,
        "missing": 1,
    }
    assert (counts["further_tries"], counts["unknown"], counts["malformed"]) == (1, 1, 6)
    assert counts["unknown_lines"] == ["line 6: the benchmark has no item 'stranger'"]
    assert counts["malformed_lines"][0] == "line 7: item_id is 7, not a text"
    assert found.tries == {"a": ("first", "second")}


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    lines = [b'\xef\xbb\xbf{"item_id": "a", "answer": "x"}', b'{"item_id": "b", "answer": "caf\xe9"}', b"{"]
    (tmp_path / "latin.jsonl").write_bytes(b"\n".join(lines))
    found = read_answers(tmp_path / "latin.jsonl", ITEMS)
    assert dict(found.answers) == {"a": "x"}
    assert [problem.detail.partition(" at ")[0] for problem in found.problems] == [
        "not UTF-8: byte 0xe9",
        "no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ]
    (tmp_path / "wide.jsonl").write_text('{"item_id": "a", "answer": "x"}\n' * 3, "utf-16")
    with pytest.raises(AnswersError, match="is malformed: not UTF-8: byte 0xff at 1"):
        read_answers(tmp_path / "wide.jsonl", ITEMS)


def test_an_empty_file_answers_nothing_and_is_scored(tmp_path: Path) -> None:
    assert read_answers(write(tmp_path / "none.jsonl"), ITEMS).counts(ITEMS)["missing"] == 4


@pytest.mark.parametrize("lines", [({"item_id": "z", "answer": "x"},), ("no json",)])
def test_answers_to_something_else_are_an_error(tmp_path: Path, lines: tuple[Any, ...]) -> None:
    with pytest.raises(AnswersError, match="answers none of the 4 items: 1 lines, the first"):
        read_answers(write(tmp_path / "other.jsonl", *lines), ITEMS)


def test_half_characters_are_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "half.jsonl", '{"item_id": "a", "answer": "x\\ud83d"}')
    assert read_answers(path, ITEMS).answers["a"] == "x?"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "answer.missing"),
        (" \n", "answer.empty"),
        ("I cannot see a picture.", "answer.no_code"),
        ("```html\n<p>page</p>\n```", "answer.wrong_language"),
        ("```svg\n" + "x" * 1_000_001, "answer.too_long"),
        ("```svg\n<svg/>\n```", ""),
    ],
)
def test_why_an_answer_holds_no_program(answer: str | None, reason: str) -> None:
    found = program_of(answer, "svg")
    assert (found.reason, found.code is None) == (reason, bool(reason))
