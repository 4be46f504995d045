"""Finds the code to render in a response, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from vincicoder.extract import extract_code, fenced_blocks
from vincicoder.reward.config import RewardConfig
from vincicoder.wrapping import unwrapped


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """`code` is None where there is nothing to render; then `reason` is a word for it.

    `format`, `language` and `length` are those of the breakdown.
    """

    code: str | None
    format: float = 0.0
    language: float = 0.0
    length: float = 0.0
    reason: str = ""
    detail: str = ""


def read_answer(response: str, language: str, config: RewardConfig) -> ParsedAnswer:
    """Take the code of the row's language out of a response."""
    found = extract_code(response, language)
    blocks = [block for block in fenced_blocks(unwrapped(response)) if block.code.strip()]
    if found is None or not found.code.strip():
        others = sorted({block.language for block in blocks if block.language not in (None, language)})
        if others:
            return ParsedAnswer(
                None, reason="wrong_language", detail=f"asked was {language}, given {others[0]}"
            )
        return ParsedAnswer(None, reason="no_code", detail="the response holds no code")
    if config.require_fence and not found.fenced:
        return ParsedAnswer(None, reason="no_code", detail="the code is not fenced")
    in_format = found.fenced and (len(blocks) == 1 or not config.single_block)
    length = _length_factor(len(found.code), config)
    answer = ParsedAnswer(found.code, float(in_format), 1.0, length)
    if length == 0:
        detail = f"{len(found.code)} characters; at most {config.hard_chars} have a score"
        return ParsedAnswer(None, answer.format, 1.0, 0.0, reason="too_long", detail=detail)
    return answer


def _length_factor(characters: int, config: RewardConfig) -> float:
    """Return 1 up to `soft_chars`, falling in a line to 0 at `hard_chars`."""
    if characters <= config.soft_chars:
        return 1.0
    if characters >= config.hard_chars:
        return 0.0
    return (config.hard_chars - characters) / (config.hard_chars - config.soft_chars)
