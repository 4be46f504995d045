"""Answers of models, kept in the home: nothing is paid twice.

answers/<use>/<settings>/settings.json                      what decides the answers
answers/<use>/<settings>/<ab>/<sample_id>-<round>.json      one answer each, written whole, with a checksum

The uses are `refine` (flawed code), `evaluate` (answers that are judged) and `judge`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict
from math import fsum
from typing import TYPE_CHECKING, Any

from storage.sealed import sealed, unseal
from vincicoder.chat.question import ModelAnswer
from vincicoder.refine.model import describe_answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.home import Home
    from vincicoder.chat.config import ModelConfig

logger = logging.getLogger("vincicoder")

_ROOT = "answers"
REFINE = "refine"


def refinement_answers(home: Home, config: ModelConfig) -> HomeAnswers:
    """Open the answers of the model that writes flawed code."""
    return HomeAnswers(home, REFINE, describe_answers(config))


class HomeAnswers:
    """The answers of one model with the settings that decide them, `model` among these. A sample's id covers
    what is asked, so a changed sample is asked again, and so is one whose answer is damaged."""

    def __init__(self, home: Home, use: str, decides: Mapping[str, object]) -> None:
        settings = json.dumps(dict(decides), sort_keys=True)
        self._home = home
        self._folder = f"{_ROOT}/{use}/{hashlib.sha256(settings.encode()).hexdigest()[:16]}"
        noted = f"{self._folder}/settings.json"
        if not home.exists(noted) or home.read_bytes(noted) != settings.encode():
            home.write_bytes(noted, settings.encode())

    def read(self, sample_id: str, round_number: int) -> ModelAnswer | None:
        path = self._path(sample_id, round_number)
        try:
            return _answer(self._home, path)
        except FileNotFoundError:
            return None
        except ValueError as error:
            moved = self._home.set_aside(path)
            logger.warning("%s; moved to %s, asked again", error, self._home.path(moved))
            return None

    def write(self, sample_id: str, round_number: int, answer: ModelAnswer) -> None:
        self._home.write_bytes(self._path(sample_id, round_number), sealed(asdict(answer)))

    def _path(self, sample_id: str, round_number: int) -> str:
        return f"{self._folder}/{sample_id[:2]}/{sample_id}-{round_number}.json"


def _answer(home: Home, path: str) -> ModelAnswer:
    """Read one answer; those of earlier versions have no checksum. Raises ValueError where it is damaged."""
    try:
        return ModelAnswer(**unseal(home.read_bytes(path), checksum_needed=False))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{home.path(path)} is damaged: {error}") from error


def cost_log(home: Home, use: str = REFINE) -> Iterator[dict[str, Any]]:
    """Yield one record for each answer that the home keeps, ordered by model settings and sample, and after
    those of each model its totals (`"total": true`). Costs are those of the prices set when it was asked.
    A damaged answer is named in the log and not counted."""
    root = f"{_ROOT}/{use}"
    for folder in home.list_names(root):
        model = json.loads(home.read_bytes(f"{root}/{folder}/settings.json"))["model"]
        rows = tokens_in = tokens_out = 0
        costs: list[float] = []
        for part in home.list_names(f"{root}/{folder}"):
            if part == "settings.json":
                continue
            for name in home.list_names(f"{root}/{folder}/{part}"):
                sample_id, _, number = name.removesuffix(".json").rpartition("-")
                try:
                    record = asdict(_answer(home, f"{root}/{folder}/{part}/{name}"))
                except ValueError as error:
                    logger.warning("%s; its cost is not counted", error)
                    continue
                del record["text"]
                yield {"model": model, "sample_id": sample_id, "round": int(number), **record}
                rows += 1
                tokens_in += record["tokens_in"]
                tokens_out += record["tokens_out"]
                costs.append(record["cost"])
        yield {
            "model": model,
            "total": True,
            "answers": rows,
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "cost": round(fsum(costs), 9),
        }
