"""The question that refinement puts to a model, and the flaw that results from its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from vincicoder.chat.question import ModelAnswer, Question
from vincicoder.compose.instructions import language_name
from vincicoder.extract import extract_code, fenced_blocks
from vincicoder.refine.protocol import Flaw, Target

VERSION = 1
"""Raise it whenever the question or the reading of answers changes: it is part of the outputs' keys."""

_QUESTION = (
    "Write the complete {name} code that reproduces this picture as closely as you can. It must run by "
    "itself, with no other files and no network. Answer with one fenced code block and nothing else."
)


def questions_of(targets: Sequence[Target], round_number: int, seed: int) -> Iterator[Question]:
    """Yield the question of each target. The same sample, round and seed get the same request seed."""
    for target in targets:
        digest = hashlib.sha256(f"ask\0{seed}\0{round_number}\0{target.sample_id}".encode()).digest()
        request_seed = int.from_bytes(digest[:4]) >> 1  # servers take 31 bits
        text = _QUESTION.format(name=language_name(target.language))
        yield Question(target.sample_id, round_number, (target.image, text), request_seed)


def flaw_of(target: Target, answer: ModelAnswer, maker: str) -> Flaw:
    """Return what a model wrote as a flaw. An answer without usable code gives one with empty code, whose
    kind is the reason: `truncated`, `refused`, `too_long`, `empty`, `wrong_language` or `no_code`."""

    def without_code(kind: str, detail: str) -> Flaw:
        return Flaw(target.sample_id, "", maker, (kind,), detail)

    if answer.finish_reason == "length":
        return without_code("truncated", f"cut after {answer.tokens_out} tokens")
    if answer.finish_reason in ("content_filter", "refusal"):
        return without_code("refused", f"declined: {answer.finish_reason}")
    if answer.finish_reason == "too_long":
        return without_code("too_long", "the question did not fit the model's context")
    if not answer.text.strip():
        return without_code("empty", "an empty answer")
    found = extract_code(answer.text, target.language)
    if found is None or not found.code.strip():
        others = {block.language for block in fenced_blocks(answer.text) if block.language}
        if others - {target.language}:
            wrong = ", ".join(sorted(others - {target.language}))
            return without_code("wrong_language", f"{wrong} instead of {target.language}")
        return without_code("no_code", f"no {target.language} code in the answer")
    return Flaw(target.sample_id, found.code, maker, ("attempt",), f"written by {maker}")
