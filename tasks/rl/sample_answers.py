"""Samples answers from a checkpoint and scores them: their rewards measure how hard a row is for it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from prefect import task

from storage.release import SPLITS
from storage.release_facts import data_files, resolve_version
from storage.whole_file import write_parquet
from tasks.stage import TASK_OPTIONS
from tasks.training.execute import TrainingFailedError
from tasks.training.models import resolve_model
from vincicoder.select import select_rows
from vincicoder.train import generate
from vincicoder.train.environment import interpreter
from vincicoder.train.launch import Launch, run_trainer
from vincicoder.train.recipes import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.home import Home
    from vincicoder.select import SelectionRecipe

logger = logging.getLogger("vincicoder")

# Candidates are sampled for this many times the rows wanted: some will be always or never solved.
_POOL = 2
_TEMPERATURE, _MAX_PIXELS, _BATCH = 1.0, 4_194_304, 64


@task(name="sample answers", **TASK_OPTIONS)
def sample_rewards(
    home: Home,
    recipe: SelectionRecipe,
    *,
    release: str,
    checkpoint: str,
    answers: int,
    limit: int | None,
    tokens: int = 10_240,
    environment: Environment | None = None,
) -> dict[str, list[float]]:
    """Return the rewards of `answers` sampled answers for each row of a pool, by sample id.

    The pool is what structure alone would choose for twice as many rows. Answers are kept in the home and
    a run that was cut short goes on with them. Raises TrainingFailedError, FileNotFoundError.
    """
    from tasks.rl.select import read_candidates

    version = resolve_version(home, "sft", release)
    model, _ = resolve_model(home, checkpoint, list)
    by_split = {split: data_files(home, "sft", version, split) for split in SPLITS}
    files = [path for paths in by_split.values() for path in paths]
    candidates, _ = read_candidates(by_split, None)
    wanted = (recipe.rows if limit is None else min(limit, recipe.rows)) * _POOL
    pool = recipe.model_copy(update={"rows": max(recipe.rows, wanted)})
    chosen, _, _ = select_rows(candidates, pool, wanted)
    ids = {row.candidate.sample_id for row in chosen}
    named = json.dumps([version, str(model), answers, tokens, sorted(ids)])
    folder = home.local_path(f"answers/{hashlib.sha256(named.encode()).hexdigest()[:16]}").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet(folder / "rows.parquet", _pool(files, ids))  # anew: what is there may be damaged
    request = {
        "model": str(model),
        "rows": str(folder / "rows.parquet"),
        "answers": answers,
        "tokens": tokens,
        "temperature": _TEMPERATURE,
        "seed": recipe.seed,
        "max_pixels": _MAX_PIXELS,
        "output": str(folder / "answers.jsonl"),
    }
    _generate(request, folder, environment or Environment())
    return _score(folder, answers)


def _pool(files: list[Path], ids: set[str]) -> Iterator[pa.Table]:
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            columns = ["sample_id", "instruction", "language", "image"]
            for batch in file.iter_batches(_BATCH, columns=columns, use_threads=False):
                keep = pa.array([sample_id in ids for sample_id in batch["sample_id"].to_pylist()])
                yield pa.Table.from_batches([batch]).filter(keep)


def _generate(request: dict[str, Any], folder: Path, environment: Environment) -> None:
    """Run the generator under the guard, so that it cannot outlive us."""
    asked = folder / "request.json"
    asked.write_text(json.dumps(request), encoding="utf-8")
    python = interpreter(environment)
    command = ["/bin/sh", "-c", 'exec "$0" "$1" < "$2"', str(python), generate.__file__, str(asked)]
    launch = Launch(command, {"HF_HUB_OFFLINE": "1"}, folder, folder / "generate.log")
    status = run_trainer(launch, lambda: None)
    if status != 0:
        raise TrainingFailedError(
            f"sampling answers from {request['model']} ended with status {status}; see {launch.log}. "
            "Running the same command again goes on with the answers that are there"
        )


def _score(folder: Path, count: int) -> dict[str, list[float]]:
    """Score every answer against its picture. Answers are hostile code: the sandbox runs them."""
    from vincicoder.reward import RewardConfig, score_batch

    rewards: dict[str, list[float]] = defaultdict(list)
    places = generate.places_of(folder / "answers.jsonl", count)
    with (folder / "answers.jsonl").open("rb") as stream:
        for rows in _pool_rows(folder / "rows.parquet"):
            items, owners = [], []
            for row in rows:
                stream.seek(places[row["sample_id"]])
                for answer in json.loads(stream.readline())["answers"]:
                    items.append(
                        {"response": answer, "reference": row["image"]["bytes"], "language": row["language"]}
                    )
                    owners.append(row["sample_id"])
            breakdowns = score_batch(items, RewardConfig.preset("default"))
            for owner, breakdown in zip(owners, breakdowns, strict=True):
                rewards[owner].append(breakdown.score)
    return dict(rewards)


def _pool_rows(path: Path) -> Iterator[list[dict[str, Any]]]:
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(_BATCH, use_threads=False):
            yield batch.to_pylist()
