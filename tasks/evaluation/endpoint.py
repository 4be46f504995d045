"""Let a model behind an endpoint answer a benchmark: every answer is kept as it comes."""

from __future__ import annotations

import importlib.util
import json
import logging
from math import fsum
from typing import TYPE_CHECKING, Any

from prefect import task

from tasks.evaluation.answers import TakenAnswers, counts_of_model, keep_answers
from tasks.evaluation.questions import questions_by_shard
from tasks.model_answers import HomeAnswers
from tasks.stage import TASK_OPTIONS, stop_if_asked
from vincicoder.chat.question import ask_missing
from vincicoder.evaluate.asking import VERSION
from vincicoder.sample import InfrastructureError, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.chat.config import ModelConfig
    from vincicoder.chat.question import ModelAnswer, Question

USE = "evaluate"
logger = logging.getLogger("vincicoder")


class EndpointSettingsError(UserError):
    """An endpoint cannot be asked: what lacks."""


class EndpointDownError(UserError):
    """An endpoint failed for good, after all its retries. No answer is counted as failed for it: what came is
    kept, and the same command goes on there."""


@task(name="ask_endpoint", **TASK_OPTIONS)
def ask_endpoint(
    home: Home, config: ModelConfig, items: Sequence[StageOutput], references: Sequence[StageOutput]
) -> TakenAnswers:
    """Ask for every item once and write the answers beside the items. What is kept is not asked again.

    Raises `EndpointDownError`, `EndpointError` where the endpoint refuses, `EndpointSettingsError`.
    """
    decides = {"asking": VERSION, "endpoint": config.endpoint, **config.decides()}
    answers: dict[str, str] = {}
    given: list[ModelAnswer] = []
    for number, shard in enumerate(questions_by_shard(home, items, references, config.seed)):
        stop_if_asked(home)
        found = ask_kept(home, USE, decides, config, [question for _, question in shard])
        # Half characters can be in no file of ours.
        texts = [answer.text.encode("utf-8", "replace").decode() for answer in found]
        answers |= {name: text for (name, _), text in zip(shard, texts, strict=True)}
        given += found
        logger.info("ask_endpoint %s %04d: %d answers", items[number].source, number, len(found))
    counts = {**counts_of_model(home, items, answers), **usage_of(given)}
    return TakenAnswers(keep_answers(home, items, answers), counts, model=json.dumps(decides, sort_keys=True))


def require_endpoint(config: ModelConfig) -> None:
    """Find before any work that the key or the client lacks. Raises `EndpointSettingsError`."""
    if importlib.util.find_spec("openai") is None:
        raise EndpointSettingsError(
            "an endpoint needs the package openai, which is not installed here: pip install vincicoder[serve]"
        )
    try:
        config.api_key()
    except ValueError as error:
        raise EndpointSettingsError(str(error)) from error


def ask_kept(
    home: Home,
    use: str,
    decides: Mapping[str, object],
    config: ModelConfig,
    questions: Sequence[Question],
) -> list[ModelAnswer]:
    """Return the answers to questions, of which the home keeps those it has under `use` and `decides`.

    Raises `EndpointDownError`, `EndpointError`, `EndpointSettingsError`.
    """
    require_endpoint(config)
    from vincicoder.chat.endpoint import shared_asker  # its client is an extra

    try:
        return ask_missing(shared_asker(config), HomeAnswers(home, use, decides), questions)
    except InfrastructureError as error:
        raise EndpointDownError(str(error)) from error


def usage_of(answers: Sequence[ModelAnswer]) -> dict[str, Any]:
    """Return what answers came to: how many were cut short or declined, tokens, and cost."""
    reasons = [answer.finish_reason for answer in answers]
    return {
        "truncated": reasons.count("length"),
        "declined": sum(reason in ("content_filter", "refusal", "too_long") for reason in reasons),
        "tokens_in": sum(answer.tokens_in for answer in answers),
        "tokens_out": sum(answer.tokens_out for answer in answers),
        "cost": round(fsum(answer.cost for answer in answers), 9),
    }
