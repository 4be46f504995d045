"""What is asked of a model, what comes back, and who asks and keeps it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """One request. `parts` are the user's turn: texts, and pictures as PNG bytes, in their order.

    `sample_id` and `round_number` name it in a store of answers; `seed` is the request's own.
    """

    sample_id: str
    round_number: int
    parts: tuple[str | bytes, ...]
    seed: int

    def messages(self) -> list[dict[str, Any]]:
        """Return the conversation in the form of the chat completions protocol, pictures inline."""
        return [{"role": "user", "content": [_part(part) for part in self.parts]}]


def _part(part: str | bytes) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    url = "data:image/png;base64," + base64.b64encode(part).decode("ascii")
    return {"type": "image_url", "image_url": {"url": url}}


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


def ask_missing(asker: Asker, store: AnswerStore, questions: Sequence[Question]) -> list[ModelAnswer]:
    """Return the answers to all questions, in their order. Those that the store has are used as they are, so
    a run that was cut short pays only for what is missing.

    Raises `InfrastructureError` once a request has failed for good; answers that came are kept.
    """
    answers = {place: store.read(one.sample_id, one.round_number) for place, one in enumerate(questions)}
    waiting: dict[tuple[str, int], Question] = {}
    for place, one in enumerate(questions):
        if answers[place] is None:
            waiting.setdefault((one.sample_id, one.round_number), one)
    came: dict[tuple[str, int], ModelAnswer] = {}

    def keep(question: Question, answer: ModelAnswer) -> None:
        store.write(question.sample_id, question.round_number, answer)
        came[question.sample_id, question.round_number] = answer

    if waiting:
        asker.ask(list(waiting.values()), keep)
    found = []
    for place, one in enumerate(questions):
        answer = answers[place] or came.get((one.sample_id, one.round_number))
        if answer is None:
            raise RuntimeError(f"no answer was handed over for {one.sample_id}")
        found.append(answer)
    return found
