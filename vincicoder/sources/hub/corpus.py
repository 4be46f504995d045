"""What a published corpus declares: where it lies, what it holds, which columns it may have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vincicoder.extract import extract_code, fenced_blocks
from vincicoder.render.registry import LANGUAGES, ROW_LANGUAGES
from vincicoder.sample import Reason, Rejection
from vincicoder.sources.hub.conversation import read_turns

# Longer answers are handed on as they are: the collect stage says that they are oversized.
MAX_ANSWER_CHARACTERS = 8_000_000
UNSTATED = "LicenseRef-unstated"
DOMAIN_OF_LANGUAGE: Mapping[str, str] = {name: LANGUAGES[name].domain for name in ROW_LANGUAGES}
"""The domain of a corpus of many languages; a language that is not named here draws diagrams."""

CONVERSATION = ("conversations", "messages", "conversation", "message", "dialog", "dialogue")
IMAGE = ("image", "images", "png_image", "image_path", "img", "picture", "png", "screenshot", "image_file")
ID = ("id", "file_id", "sample_id", "uid", "uuid", "idx", "index")
QUESTION = (
    "question",
    "q_text",
    "user_content",
    "problem",
    "prompt",
    "instruction",
    "query",
    "input",
    "user",
)
ANSWER = (
    *("answer", "a_text", "assistant_content", "response", "output", "solution", "completion", "assistant"),
    *("ground_truth", "gt", "target"),
)
CODE = ("code", "source_code", "gt_code", "ground_truth_code")

DIALOGUE: Mapping[str, tuple[str, ...]] = {
    "conversation": CONVERSATION,
    "answer": ANSWER,
    "question": QUESTION,
    "image": IMAGE,
    "id": ID,
}
"""The columns of a corpus of questions and answers."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read. `columns` maps each role that the corpus declares to the column that has it."""

    values: Mapping[str, Any]
    columns: Mapping[str, str]
    file: str

    def get(self, role: str) -> Any:
        """Return the field that has the role, or None. A dotted column lies within another: `answer.code`."""
        column = self.columns.get(role)
        if column is None:
            return None
        return self.values[column] if column in self.values else _within(self.values, column)


def _within(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, str) and value[:1] in "{[":
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return None
        if isinstance(value, Mapping):
            value = value.get(name)
        elif (
            isinstance(value, list) and re.fullmatch(r"-?\d+", name) and -len(value) <= int(name) < len(value)
        ):
            value = value[int(name)]
        else:
            return None
    return value


@dataclass(frozen=True, slots=True)
class Reading:
    """A row as its corpus reads it. `domain` None is the corpus's own; `changes` are those of `RawSample`."""

    code: str | bytes | None
    language: str
    domain: str | None = None
    rejection: Rejection | None = None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """A published corpus, as data.

    `hub_id` is empty where nothing is published. `columns` gives the accepted names of each role, in order
    of preference, whatever their case; of each group in `needs` at least one role must be there. `files`
    are glob patterns of the data files: where none matches, every data file is taken. `is_own` says that a
    user's YAML file declares it, column by column; `suffix` is then that of the format it names, for files
    whose own tells none, and `encoding` that of its text files ('' looks for a mark, None does not look).
    `stack` is that of `SourceInfo`.
    """

    name: str
    hub_id: str
    domain: str
    languages: tuple[str, ...]
    license: str
    citation: str
    size: str
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[tuple[str, ...], ...]
    read: Callable[[Row], Reading]
    files: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str = ""
    revision: str = "main"
    is_own: bool = False
    suffix: str = ""
    encoding: str | None = None
    stack: str = ""


def malformed(value: Any, column: str, language: str) -> Reading:
    """Return the reading of a row whose field has a type that the corpus does not declare."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    detail = f"column {column!r} holds {type(value).__name__}; expected text"
    return Reading(text[:4_000], language, None, Rejection(Reason.COLLECT_MALFORMED_ROW, detail))


def other_task(text: str, language: str, detail: str) -> Reading:
    """Return the reading of a row that asks for something else than code."""
    return Reading(text, language, None, Rejection(Reason.COLLECT_OTHER_TASK, detail[:300]))


def read_code(row: Row, language: str, role: str = "code") -> Reading:
    """Read a column that holds bare code, or code in a fence."""
    value = row.get(role)
    if value is None or isinstance(value, bytes):
        return Reading(value, language)
    if not isinstance(value, str):
        return malformed(value, row.columns[role], language)
    if len(value) <= MAX_ANSWER_CHARACTERS and ("```" in value or "~~~" in value):
        found = extract_code(value, language)
        return Reading(found.code if found else value, language, changes=several_blocks(value, language))
    return Reading(value, language)


def several_blocks(text: str, language: str | None) -> tuple[str, ...]:
    """Return the note that an answer has more blocks of code than the one taken; nothing where it has not."""
    if text.count("```") + text.count("~~~") < 4:
        return ()
    count = sum(
        bool(block.code.strip()) and (language is None or block.language in (language, None))
        for block in fenced_blocks(text)
    )
    return (f"collect: one of {count} blocks of code taken",) if count > 1 else ()


def read_answer(row: Row, language: str | None) -> Reading:
    """Read the code out of the answer: of a conversation's first answer that holds any, else of the
    answer's own column. `language` None takes the language of the answer itself.

    A row whose answer holds no such code is rejected as another task; its text is kept.
    """
    named = language or ""
    answers = answers_of(row)
    if isinstance(answers, Reading):
        return answers
    if not answers:
        return Reading(None, named)
    for text in answers:
        if len(text) > MAX_ANSWER_CHARACTERS:
            return Reading(text, named)
        found = extract_code(text, language)
        if found is not None:
            name = language or found.language or ""
            domain = None if language else DOMAIN_OF_LANGUAGE.get(name, "diagram")
            changes = several_blocks(text, name)
            if len(answers) > 1:
                changes += (f"collect: one of {len(answers)} answers taken",)
            return Reading(found.code, name, domain, changes=changes)
    return other_task(
        "\n\n".join(answers), named, f"the answer holds no {named or 'known'} code: {answers[0][:120]!r}"
    )


def answers_of(row: Row) -> list[str] | Reading:
    """Return the assistant's turns that are not empty, or the reading of a row that has none to read."""
    conversation = row.get("conversation")
    if conversation is not None:
        turns = read_turns(conversation)
        if turns is None:
            return malformed(conversation, row.columns["conversation"], "")
        return [turn.text for turn in turns if turn.role == "assistant" and turn.text.strip()]
    for role in ("answer", "code"):
        value = row.get(role)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str):
            return [value] if value.strip() else []
        if value is not None:
            return malformed(value, row.columns[role], "")
    return []


def question_of(row: Row) -> str:
    """Return what the user asked, '' where nothing says it."""
    turns = read_turns(row.get("conversation")) or []
    asked = next((turn.text for turn in turns if turn.role == "user"), None)
    value = row.get("question") if asked is None else asked
    return value if isinstance(value, str) else ""
