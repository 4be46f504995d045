"""Answers of the model that writes flawed code, kept in the home: nothing is paid twice.

answers/refine/<settings>/settings.json                      what decides the answers
answers/refine/<settings>/<ab>/<sample_id>-<round>.json      one answer each, written whole
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from math import fsum
from typing import TYPE_CHECKING, Any

from vincicoder.refine.answers import ModelAnswer
from vincicoder.refine.model import describe_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.home import Home
    from vincicoder.refine.model_config import ModelConfig

_ROOT = "answers/refine"


class HomeAnswers:
    """The answers of one model with its settings. A sample's id covers its code, so a changed sample is
    asked anew."""

    def __init__(self, home: Home, config: ModelConfig) -> None:
        settings = json.dumps(describe_answers(config), sort_keys=True)
        self._home = home
        self._folder = f"{_ROOT}/{hashlib.sha256(settings.encode()).hexdigest()[:16]}"
        if not home.exists(f"{self._folder}/settings.json"):
            home.write_bytes(f"{self._folder}/settings.json", settings.encode())

    def read(self, sample_id: str, round_number: int) -> ModelAnswer | None:
        path = self._path(sample_id, round_number)
        try:
            return ModelAnswer(**json.loads(self._home.read_bytes(path)))
        except FileNotFoundError:
            return None

    def write(self, sample_id: str, round_number: int, answer: ModelAnswer) -> None:
        data = json.dumps(asdict(answer), ensure_ascii=True)
        self._home.write_bytes(self._path(sample_id, round_number), data.encode())

    def _path(self, sample_id: str, round_number: int) -> str:
        return f"{self._folder}/{sample_id[:2]}/{sample_id}-{round_number}.json"


def cost_log(home: Home) -> Iterator[dict[str, Any]]:
    """Yield one record for each answer that the home keeps, ordered by model settings and sample, and after
    those of each model its totals (`"total": true`). Costs are those of the prices set when it was asked."""
    for folder in home.list_names(_ROOT):
        model = json.loads(home.read_bytes(f"{_ROOT}/{folder}/settings.json"))["model"]
        rows = tokens_in = tokens_out = 0
        costs: list[float] = []
        for part in home.list_names(f"{_ROOT}/{folder}"):
            if part == "settings.json":
                continue
            for name in home.list_names(f"{_ROOT}/{folder}/{part}"):
                sample_id, _, number = name.removesuffix(".json").rpartition("-")
                record = json.loads(home.read_bytes(f"{_ROOT}/{folder}/{part}/{name}"))
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
