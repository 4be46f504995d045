"""The question to a model, its answer, and the flaw that results."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from vincicoder.compose.instructions import language_name
from vincicoder.extract import extract_code, fenced_blocks
from vincicoder.refine.protocol import Flaw, Target

VERSION = 1
"""Raise it whenever the question or the reading of answers changes: it is part of the outputs' keys."""

_QUESTION = (
    "Write the complete {name} code that reproduces this picture as closely as you can. It must run by "
    "itself, with no other files and no network. Answer with one fenced code block and nothing else."
)


@dataclass(frozen=True, slots=True)
class Question:
    """One request: the target's picture, and a seed of its own. `round_number` distinguishes later tries."""

    sample_id: str
    round_number: int
    language: str
    image: bytes
    seed: int

    def messages(self) -> list[dict[str, Any]]:
        """Return the conversation in the form of the chat completions protocol, the picture inline."""
        url = "data:image/png;base64," + base64.b64encode(self.image).decode("ascii")
        text = _QUESTION.format(name=language_name(self.language))
        content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
        return [{"role": "user", "content": content}]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What came back. `finish_reason` is the protocol's own (`stop`, `length`, `content_filter`, ...),
    `refusal` where the model or its server declined, or `too_long` where the question did not fit its
    context. `attempts` counts requests, failed ones included; `cost` is 0 where no prices are set."""

    text: str
    finish_reason: str
    tokens_in: int
    tokens_out: int
    attempts: int
    seconds: float
    cost: float


class AnswerStore(Protocol):
    """Keeps answers under what decides them, so that nothing is paid twice. Used from several threads."""

    def read(self, sample_id: str, round_number: int) -> ModelAnswer | None: ...

    def write(self, sample_id: str, round_number: int, answer: ModelAnswer) -> None: ...


class Asker(Protocol):
    """Puts questions to a model."""

    def ask(self, questions: Sequence[Question], on_answer: Callable[[Question, ModelAnswer], None]) -> None:
        """Hand each answer over as it comes, in any order and from any thread. Raises
        `InfrastructureError` where the model cannot be reached for good."""


def questions_of(targets: Sequence[Target], round_number: int, seed: int) -> Iterator[Question]:
    """Yield the question of each target. The same sample, round and seed get the same request seed."""
    for target in targets:
        digest = hashlib.sha256(f"ask\0{seed}\0{round_number}\0{target.sample_id}".encode()).digest()
        request_seed = int.from_bytes(digest[:4]) >> 1  # servers take 31 bits
        yield Question(target.sample_id, round_number, target.language, target.image, request_seed)


def flaw_of(question: Question, answer: ModelAnswer, maker: str) -> Flaw:
    """Return what a model wrote as a flaw. An answer without usable code gives one with empty code, whose
    kind is the reason: `truncated`, `refused`, `too_long`, `empty`, `wrong_language` or `no_code`."""

    def without_code(kind: str, detail: str) -> Flaw:
        return Flaw(question.sample_id, "", maker, (kind,), detail)

    if answer.finish_reason == "length":
        return without_code("truncated", f"cut after {answer.tokens_out} tokens")
    if answer.finish_reason in ("content_filter", "refusal"):
        return without_code("refused", f"declined: {answer.finish_reason}")
    if answer.finish_reason == "too_long":
        return without_code("too_long", "the question did not fit the model's context")
    if not answer.text.strip():
        return without_code("empty", "an empty answer")
    found = extract_code(answer.text, question.language)
    if found is None or not found.code.strip():
        others = {block.language for block in fenced_blocks(answer.text) if block.language}
        if others - {question.language}:
            wrong = ", ".join(sorted(others - {question.language}))
            return without_code("wrong_language", f"{wrong} instead of {question.language}")
        return without_code("no_code", f"no {question.language} code in the answer")
    return Flaw(question.sample_id, found.code, maker, ("attempt",), f"written by {maker}")
