"""From an answer to the program in it, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from vincicoder.extract import extract_code, fenced_blocks

_MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class AnsweredProgram:
    """`code` is None where there is nothing to draw; `reason` is then a word for it, else empty."""

    code: str | None
    reason: str = ""
    detail: str = ""


def program_of(answer: str | None, language: str) -> AnsweredProgram:
    """Take the program of a language out of an answer; None stands for no answer at all."""
    if answer is None:
        return AnsweredProgram(None, "answer.missing", "the file of answers has none for this item")
    if not answer.strip():
        return AnsweredProgram(None, "answer.empty", "the answer is empty")
    if len(answer) > _MOST_CHARACTERS:
        detail = f"{len(answer)} characters; at most {_MOST_CHARACTERS} are read"
        return AnsweredProgram(None, "answer.too_long", detail)
    found = extract_code(answer, language)
    if found is not None and found.code.strip():
        return AnsweredProgram(found.code)
    named = {block.language for block in fenced_blocks(answer) if block.code.strip()}
    others = sorted(name for name in named if name not in (None, language))
    if others:
        return AnsweredProgram(None, "answer.wrong_language", f"asked was {language}, given {others[0]}")
    return AnsweredProgram(None, "answer.no_code", "the answer holds no code")
