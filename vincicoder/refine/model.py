"""The maker that uses a model: it writes code from the picture, as the trained model will."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vincicoder.chat.config import ModelConfig
from vincicoder.chat.question import AnswerStore, Asker, ask_missing
from vincicoder.refine.answers import VERSION, flaw_of, questions_of
from vincicoder.refine.protocol import Flaw, Target


class ModelMaker:
    """Asks a model for each target. Answers that the store has are used as they are, so a run that was cut
    short pays only for what is missing. The code is never run here: it is as hostile as any other."""

    def __init__(self, config: ModelConfig, rounds: int, asker: Asker, store: AnswerStore) -> None:
        self.config, self.rounds = config, rounds
        self.name = f"model:{config.model}"
        self._asker, self._store = asker, store

    def describe(self) -> dict[str, object]:
        return {"maker": "model", "rounds": self.rounds, **describe_answers(self.config)}

    def make(self, targets: Sequence[Target], round_number: int) -> Iterator[Flaw]:
        """Yield one flaw for each target, in their order; see `flaw_of` for those without usable code.

        Raises `InfrastructureError` once a request has failed for good; answers that came are kept.
        """
        questions = list(questions_of(targets, round_number, self.config.seed))
        answers = ask_missing(self._asker, self._store, questions)
        for target, answer in zip(targets, answers, strict=True):
            yield flaw_of(target, answer, self.name)


def describe_answers(config: ModelConfig) -> dict[str, object]:
    """Return all that decides an answer beside the sample and the round."""
    return {"version": VERSION, **config.decides()}
