"""Let a checkpoint answer a benchmark: on the CPU or on GPUs, in an environment of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import task

from storage.outputs import read_output
from storage.whole_file import whole_file
from tasks.evaluation.answers import TakenAnswers, counts_of_model, keep_answers
from tasks.evaluation.questions import questions_by_shard
from tasks.stage import TASK_OPTIONS
from tasks.training.execute import TrainingFailedError
from tasks.training.models import parent_recipe, resolve_model
from tasks.training.sampling import run_sampling
from vincicoder.evaluate.asking import VERSION
from vincicoder.train import generate
from vincicoder.train.checkpoints import inspect_checkpoint
from vincicoder.train.environment import probe_environment
from vincicoder.train.recipes import TINY_MODEL
from vincicoder.train.sampling import sampling_backend, sampling_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.train.recipes import EvaluationSampling

logger = logging.getLogger("vincicoder")

_SEED = 0


def require_checkpoint(home: Home, checkpoint: str) -> None:
    """Find before any work that a checkpoint is not there. Raises FileNotFoundError."""
    if checkpoint != TINY_MODEL:  # which is made when it is asked
        resolve_model(home, checkpoint, list)


@task(name="ask_checkpoint", **TASK_OPTIONS)
def ask_checkpoint(
    home: Home,
    checkpoint: str,
    sampling: EvaluationSampling,
    items: Sequence[StageOutput],
    references: Sequence[StageOutput],
) -> TakenAnswers:
    """Ask for every item once and write the answers beside the items. `checkpoint` is named as in a training
    recipe; one of ours sees pictures in the resolution that it was trained on. A sampling that was cut short
    goes on. An item that the model cannot take, such as one with too long a prompt, has an empty answer.

    Raises FileNotFoundError, CheckpointError, TrainerEnvironmentError, TrainingFailedError.
    """
    model, parent = resolve_model(home, checkpoint, lambda: _texts(home, items))
    trained = parent_recipe(home, parent) or {}
    pixels: dict[str, Any] = {name: trained[name] for name in ("min_pixels", "max_pixels") if name in trained}
    sampling = sampling.model_copy(update=pixels)
    facts = probe_environment(sampling.environment)
    backend = sampling_backend(sampling, facts)
    digest = inspect_checkpoint(model).digest if isinstance(model, Path) else ""
    named = json.dumps([VERSION, str(model), digest, sampling.decides_answers()], sort_keys=True)
    key = hashlib.sha256(named.encode()).hexdigest()[:16]
    folder = home.working_path(f"answers/checkpoint/{key}").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    rows, output = folder / "rows.jsonl", folder / "answers.jsonl"
    asked, pictures = _write_rows(rows, home, items, references)
    request = {**sampling_request(sampling, str(model), backend, _SEED), "pictures": pictures}
    logger.info("%s answers %d items with %s", model, len(asked), backend)
    run_sampling({**request, "rows": str(rows), "output": str(output)}, folder, facts.python, sampling)
    rows.unlink()  # pictures that the shards hold
    answers, problems = _given(output, asked)
    if problems:
        logger.warning("%d items could not be asked, the first: %s", len(problems), problems[0])
    if asked and len(problems) == len(asked):
        raise TrainingFailedError(f"no item could be asked of {model}; the first: {problems[0]}")
    counts = {**counts_of_model(home, items, answers), "unasked": len(problems)}
    return TakenAnswers(keep_answers(home, items, answers), counts, parent, named)


def _write_rows(
    target: Path, home: Home, items: Sequence[StageOutput], references: Sequence[StageOutput]
) -> tuple[dict[str, str], int]:
    """Write what the generator reads, each question once; return the question of each item, and the largest
    number of pictures in one."""
    asked: dict[str, str] = {}
    most = 1
    seen: set[str] = set()
    with whole_file(target) as part, part.open("w", encoding="utf-8") as stream:
        for shard in questions_by_shard(home, items, references, _SEED):
            for name, question in shard:
                asked[name] = question.sample_id
                if question.sample_id in seen:
                    continue
                seen.add(question.sample_id)
                texts = [part if isinstance(part, str) else "<image>" for part in question.parts]
                pictures = [part for part in question.parts if isinstance(part, bytes)]
                most = max(most, len(pictures))
                row = {
                    "sample_id": question.sample_id,
                    "instruction": "".join(texts),
                    "images": [base64.b64encode(picture).decode() for picture in pictures],
                }
                stream.write(json.dumps(row) + "\n")
    return asked, most


def _given(path: Path, asked: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the answers by item, and what was wrong where the model could not be asked."""
    places = generate.places_of(path, 1)
    answers: dict[str, str] = {}
    problems = []
    with path.open("rb") as stream:
        for name, question in asked.items():
            stream.seek(places[question])
            line = json.loads(stream.readline())
            if "answers" not in line:
                problems.append(f"{name}: {line['problem']}")
            # Half characters can be in no file of ours.
            answers[name] = line.get("answers", [""])[0].encode("utf-8", "replace").decode()
    return answers, problems


def _texts(home: Home, items: Sequence[StageOutput]) -> list[str]:
    """What a tiny model's tokenizer is made from."""
    found: list[Any] = []
    for shard in items:
        found += read_output(home, shard, columns=["reference_code"])["reference_code"].to_pylist()
    return [text for text in found if text]
