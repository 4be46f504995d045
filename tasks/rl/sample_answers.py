"""Samples answers from a checkpoint and scores them: their rewards measure how hard a row is for it."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from prefect import task

from storage.release import SPLITS
from storage.release_facts import data_files, resolve_version
from storage.whole_file import whole_file
from tasks.packed_data import packed_data
from tasks.stage import TASK_OPTIONS
from tasks.training.execute import TrainingFailedError
from tasks.training.models import parent_recipe, resolve_model
from tasks.training.sampling import run_sampling
from vincicoder.select import select_rows
from vincicoder.train import generate
from vincicoder.train.checkpoints import inspect_checkpoint
from vincicoder.train.environment import probe_environment
from vincicoder.train.preflight import check_pixels
from vincicoder.train.sampling import sampling_backend, sampling_request

if TYPE_CHECKING:
    from storage.home import Home
    from vincicoder.select import SelectionRecipe
    from vincicoder.train.recipes import Sampling

logger = logging.getLogger("vincicoder")

# Candidates are sampled for this many times the rows wanted: some will be always or never solved.
_POOL = 2
_BATCH = 64


@task(name="sample answers", **TASK_OPTIONS)
def sample_rewards(
    home: Home, recipe: SelectionRecipe, *, release: str, checkpoint: str, limit: int | None
) -> dict[str, list[float]]:
    """Return the rewards of the sampled answers for each row of a pool, by sample id.

    `recipe.sampling` says how they are sampled. The pool is what structure alone would choose for twice as
    many rows. Answers are kept in the home and
    a run that was cut short goes on with them. A row that the model can't take has no rewards. Raises
    TrainerEnvironmentError, TrainingFailedError, FileNotFoundError.
    """
    from tasks.rl.select import read_candidates

    sampling = recipe.sampling
    version = resolve_version(home, "sft", release)
    model, parent = resolve_model(home, checkpoint, list)
    pixels = check_pixels(sampling, parent_recipe(home, parent))
    if not pixels.ok:
        logger.warning("%s", pixels.detail)
    facts = probe_environment(sampling.environment)
    backend = sampling_backend(sampling, facts)
    logger.info("sampling %d answers a row from %s with %s", sampling.answers, model, backend)
    by_split = {split: data_files(home, "sft", version, split) for split in SPLITS}
    candidates, _ = read_candidates(by_split, None)
    wanted = (recipe.rows if limit is None else min(limit, recipe.rows)) * _POOL
    pool = recipe.model_copy(update={"rows": max(recipe.rows, wanted)})
    chosen, _, _ = select_rows(candidates, pool, wanted)
    ids = {row.candidate.sample_id for row in chosen}
    digest = inspect_checkpoint(model).digest if isinstance(model, Path) else ""
    request = sampling_request(sampling, str(model), backend, recipe.seed)
    named = json.dumps([version, digest, sampling.decides_answers(), recipe.seed, str(model), sorted(ids)])
    folder = home.working_path(f"answers/{hashlib.sha256(named.encode()).hexdigest()[:16]}").absolute()
    rows, output = folder / "rows.jsonl", folder / "answers.jsonl"
    _write_pool(rows, [path for paths in by_split.values() for path in paths], ids)
    run_sampling({**request, "rows": str(rows), "output": str(output)}, folder, facts.python, sampling)
    return _score(rows, output, sampling)


def _write_pool(target: Path, files: list[Path], ids: set[str]) -> None:
    """Write the rows as JSON lines, anew each time: what is there may be damaged. The sampling environment
    need not read Parquet."""
    wanted = ("sample_id", "instruction", "language", "stack", "code", "image", "data_files")
    with whole_file(target) as part, part.open("w", encoding="utf-8") as stream:
        for path in files:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                columns = [name for name in wanted if name in file.schema_arrow.names]  # some lack a stack
                for batch in file.iter_batches(_BATCH, columns=columns, use_threads=False):
                    for row in batch.to_pylist():
                        if row["sample_id"] in ids:
                            row["data"] = packed_data(path, row)
                            row["image"] = base64.b64encode(row["image"]["bytes"]).decode()
                            stream.write(json.dumps(row) + "\n")


def _score(pool: Path, answers: Path, sampling: Sampling) -> dict[str, list[float]]:
    """Score every answer against its picture, as training will. They are hostile: the sandbox runs them."""
    from vincicoder.reward import RewardConfig, score_batch

    rewards: dict[str, list[float]] = defaultdict(list)
    problems: list[str] = []
    places = generate.places_of(answers, sampling.answers)
    rows = generate.read_rows(pool)
    with answers.open("rb") as stream:
        while batch := list(islice(rows, _BATCH)):
            items: list[dict[str, Any]] = []
            owners: list[str] = []
            for row in batch:
                stream.seek(places[row["sample_id"]])
                line = json.loads(stream.readline())
                if "answers" not in line:
                    problems.append(f"{row['sample_id']}: {line['problem']}")
                    continue
                given = {
                    "reference": base64.b64decode(row["image"]),
                    "language": row["language"],
                    "ground_truth": row["code"],
                    "stack": row.get("stack"),
                    "data": row.get("data"),
                }
                items += [{"response": answer, **given} for answer in line["answers"]]
                owners += [row["sample_id"]] * len(line["answers"])
            for owner, breakdown in zip(
                owners, score_batch(items, RewardConfig.preset("default")), strict=True
            ):
                rewards[owner].append(breakdown.score)
    if problems:
        logger.warning("%d rows could not be sampled, the first: %s", len(problems), problems[0])
    if problems and not rewards:
        raise TrainingFailedError(f"no row could be sampled; the first: {problems[0]}")
    return dict(rewards)
