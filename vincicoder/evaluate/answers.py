"""Reads a file of answers, and says of every line that is of no use why it is not."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vincicoder.sample import UserError

_SHOWN = 10  # ids named for each kind of problem


class AnswersError(UserError):
    """The file of answers cannot be read, or answers nothing that was asked."""


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """A line that answers no item: `kind` is malformed or unknown; `line` counts from 1."""

    kind: str
    line: int
    item_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The answers by item, and what else the file holds.

    An item without a line has no entry; it is scored as a failure all the same. Several answers to an item
    are tries, in the order of the file: `answers` are the first, which are scored, `tries` all of the items
    that have more than one.
    """

    answers: Mapping[str, str]
    problems: tuple[AnswerProblem, ...]
    tries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def counts(self, items: Collection[str]) -> dict[str, Any]:
        """Return how many items have an answer, none, or an empty one, how many more tries there are, and
        which lines answered none."""
        found: dict[str, Any] = {
            "answered": sum(bool(self.answers.get(item, "").strip()) for item in items),
            "empty": sum(item in self.answers and not self.answers[item].strip() for item in items),
            "missing": sum(item not in self.answers for item in items),
        }
        found["further_tries"] = sum(len(tries) - 1 for tries in self.tries.values())
        for kind in ("unknown", "malformed"):
            of_kind = [problem for problem in self.problems if problem.kind == kind]
            found[kind] = len(of_kind)
            if of_kind:
                found[f"{kind}_lines"] = [
                    f"line {problem.line}: {problem.detail}"[:200] for problem in of_kind[:_SHOWN]
                ]
        return found


def read_answers(path: Path, items: Collection[str]) -> AnswerFile:
    """Read JSON lines of `item_id` and `answer`; `items` are the ids that were asked.

    An `answer` of null counts as empty. Raises `AnswersError` where the file cannot be read, or where it has
    lines and none of them answers an item: then it is an answer to something else.
    """
    answers: dict[str, str] = {}
    tries: dict[str, list[str]] = {}
    problems: list[AnswerProblem] = []
    wanted = set(items)
    for number, fields in _lines(path):
        problem = _problem(fields, wanted)
        if problem is not None:
            kind, detail = problem
            item = fields.get("item_id") if isinstance(fields, dict) else None
            problems.append(AnswerProblem(kind, number, item if isinstance(item, str) else "", detail))
            continue
        assert isinstance(fields, dict)
        # Half characters can be in no file of ours.
        text = (fields["answer"] or "").encode("utf-8", "replace").decode()
        answers.setdefault(fields["item_id"], text)
        tries.setdefault(fields["item_id"], []).append(text)
    if problems and not answers:
        first = problems[0]
        raise AnswersError(
            f"{path} answers none of the {len(wanted)} items: {len(problems)} lines, the first (line "
            f"{first.line}) is {first.kind}: {first.detail}. Each line is "
            '{"item_id": "...", "answer": "..."}, with an id of the benchmark, such as '
            f"{next(iter(sorted(wanted)), 'none')!r}"
        )
    several = {item: tuple(texts) for item, texts in tries.items() if len(texts) > 1}
    return AnswerFile(answers, tuple(problems), several)


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the number and the JSON of every line that is not blank; where it is none, why."""
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    yield number, json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                except UnicodeDecodeError as error:
                    yield number, _NotRead(f"not UTF-8: byte {line[error.start]:#04x} at {error.start + 1}")
                except ValueError as error:
                    yield number, _NotRead(f"no JSON: {error}")
                except RecursionError:
                    yield number, _NotRead("no JSON: nested too deeply")
    except OSError as error:
        raise AnswersError(f"answers {path} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class _NotRead:
    why: str


def _problem(fields: Any, wanted: Collection[str]) -> tuple[str, str] | None:
    if isinstance(fields, _NotRead):
        return "malformed", fields.why
    if not isinstance(fields, dict):
        return "malformed", "no JSON object"
    item, answer = fields.get("item_id"), fields.get("answer", ...)
    if not isinstance(item, str):
        return "malformed", f"item_id is {item!r:.60}, not a text"
    if item not in wanted:
        return "unknown", f"the benchmark has no item {item!r:.100}"
    if answer is not None and not isinstance(answer, str):
        return "malformed", "no answer" if answer is ... else f"answer is {type(answer).__name__}, not a text"
    return None
