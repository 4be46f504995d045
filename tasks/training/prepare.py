"""Preflight: resolve and look at everything a run needs, before it starts."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import task

from storage.home import Home
from storage.outputs import file_sha256
from storage.release_copy import local_release
from storage.release_facts import (
    count_in,
    count_rows,
    data_files,
    file_problems,
    longest_rows,
    resolve_version,
    write_part,
)
from storage.rl_release import restore_references
from tasks.stage import TASK_OPTIONS
from tasks.training.models import parent_recipe, resolve_model
from vincicoder.train import launcher
from vincicoder.train.environment import EnvironmentFacts, probe_environment
from vincicoder.train.lengths import LongRow
from vincicoder.train.preflight import (
    PreflightCheck,
    PreflightError,
    ReleaseFacts,
    check_release,
    failures,
)
from vincicoder.train.recipes import GrpoRecipe, RowLimits, TrainingRecipe
from vincicoder.train.run import run_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.manifest import Kind

logger = logging.getLogger("vincicoder")

# Rows whose tokens are counted before a run: the longest by characters.
_LONGEST_ROWS = 256


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run that may start: everything is resolved and has been looked at."""

    run_id: str
    name: str
    recipe: TrainingRecipe
    release: str
    release_folder: Path
    model: Path | str
    parent: str | None
    facts: EnvironmentFacts
    train_files: Sequence[Path]
    validation_files: Sequence[Path]
    checks: Sequence[PreflightCheck]


@task(name="preflight", **TASK_OPTIONS)
def prepare_run(home: Home, recipe: TrainingRecipe, name: str) -> PreparedRun:
    """Resolve the release and the model and look at everything that could fail later.

    Raises PreflightError with every check that failed, ReleaseNotFoundError, TrainerEnvironmentError.
    """
    kind: Kind = "rl" if isinstance(recipe, GrpoRecipe) else "sft"
    version = resolve_version(home, kind, recipe.release)
    facts = probe_environment(recipe.environment)
    problems = file_problems(home, kind, version)
    if problems:
        raise PreflightError([check_release(ReleaseFacts(version, 0, 0, problems, []))])
    if kind == "rl" and (restored := restore_references(home, version)):
        logger.warning(
            "%d references of %s are written from its rows: %s", len(restored), version, restored[0]
        )
    published = {split: data_files(home, kind, version, split) for split in ("train", "validation")}
    model, parent = resolve_model(home, recipe.model, lambda: _texts(kind, published["train"]))
    identity = {"recipe": recipe.model_dump(mode="json"), "release": version, "model": str(model)}
    run_id = run_id_of(recipe.kind, name, identity)
    files, rows = _choose_rows(home, recipe, kind, published, run_id)
    everything = [path for paths in files.values() for path in paths]
    release = ReleaseFacts(
        version=version,
        rows=rows,
        rows_left_out=max(count_rows(home, kind, version) - rows, 0),
        problems=[],
        longest=[LongRow(**row) for row in longest_rows(kind, everything, _LONGEST_ROWS)],
    )
    folder = run_folder(home, run_id)
    checks = launcher.preflight(
        recipe, facts, model, _started_with(home, run_id), release, folder, parent_recipe(home, parent)
    )
    if failures(checks):
        raise PreflightError(checks)
    return PreparedRun(
        run_id=run_id,
        name=name,
        recipe=recipe,
        release=version,
        release_folder=local_release(home, kind, version).absolute(),
        model=model,
        parent=parent,
        facts=facts,
        train_files=files["train"],
        validation_files=files["validation"],
        checks=checks,
    )


def _texts(kind: str, paths: Sequence[Path]) -> list[str]:
    return [row["text"] for row in longest_rows(kind, paths, _LONGEST_ROWS)]


def _choose_rows(
    home: Home, recipe: TrainingRecipe, kind: str, published: Mapping[str, list[Path]], run_id: str
) -> tuple[dict[str, list[Path]], int]:
    """Return the files to train on and their rows: the release's own, or the recipe's part of them."""
    if recipe.rows == RowLimits():
        return dict(published), count_in(path for paths in published.values() for path in paths)
    target = run_folder(home, run_id) / "data" / "train.parquet"
    noted = target.with_suffix(".sha256")  # what an earlier attempt wrote may have been damaged since
    if not (noted.is_file() and target.is_file() and noted.read_bytes() == file_sha256(target).encode()):
        write_part(kind, published["train"], target, recipe.rows.limit, recipe.rows.max_characters)
        if not target.is_file():
            return {"train": [], "validation": []}, 0
        noted.write_text(file_sha256(target), encoding="utf-8")
    return {"train": [target], "validation": []}, count_in([target])


def run_folder(home: Home, run_id: str) -> Path:
    return home.working_path(f"runs/{run_id}").absolute()


def _started_with(home: Home, run_id: str) -> str | None:
    """The architecture that an earlier attempt of this run was started with."""
    noted = run_folder(home, run_id) / "recipe.json"
    if not noted.is_file():
        return None
    architecture = json.loads(noted.read_text(encoding="utf-8")).get("architecture")
    return str(architecture) if architecture else None
