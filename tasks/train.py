"""Train: check, launch and register one run, whichever trainer it uses."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from prefect import task

from storage.home import Home
from storage.release_facts import (
    ReleaseNotFoundError,
    count_in,
    count_rows,
    data_files,
    file_problems,
    longest_rows,
    resolve_version,
    write_part,
)
from storage.runs import CheckpointRecord, RunRecord, RunRegistry
from tasks.stage import TASK_OPTIONS
from vincicoder import __version__
from vincicoder.train import launcher
from vincicoder.train.environment import EnvironmentFacts, interpreter, probe_environment
from vincicoder.train.launch import Launch
from vincicoder.train.lengths import LongRow
from vincicoder.train.preflight import (
    Check,
    PreflightError,
    ReleaseFacts,
    architecture_at,
    check_release,
    failures,
)
from vincicoder.train.recipes import TINY_MODEL, GrpoRecipe, Recipe, Rows
from vincicoder.train.run import RunOutcome, attempt, clear_broken, held, run_id_of
from vincicoder.train.swift_arguments import TrainingInputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vincicoder.train.metrics import Metric

logger = logging.getLogger("vincicoder")

# Rows whose tokens are counted before a run: the longest by characters.
_LONGEST_ROWS = 256


class TrainingFailedError(Exception):
    """A run that did not finish: why, and what to do."""


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run that may start: everything is resolved and has been looked at."""

    run_id: str
    name: str
    recipe: Recipe
    release: str
    model: Path | str
    parent: str | None
    facts: EnvironmentFacts
    train_files: Sequence[Path]
    validation_files: Sequence[Path]
    checks: Sequence[Check]


@task(name="preflight", **TASK_OPTIONS)
def prepare_run(home: Home, recipe: Recipe, name: str) -> PreparedRun:
    """Resolve the release and the model and look at everything that could fail later.

    Raises PreflightError with every check that failed, ReleaseNotFoundError, TrainerEnvironmentError.
    """
    kind = "rl" if isinstance(recipe, GrpoRecipe) else "sft"
    version = resolve_version(home, kind, recipe.release)
    facts = probe_environment(recipe.environment)
    problems = file_problems(home, kind, version)
    if problems:
        raise PreflightError([check_release(ReleaseFacts(version, 0, 0, problems, []))])
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
    checks = launcher.preflight(
        recipe, facts, model, _started_with(home, run_id), release, _folder(home, run_id)
    )
    if failures(checks):
        raise PreflightError(checks)
    return PreparedRun(
        run_id=run_id,
        name=name,
        recipe=recipe,
        release=version,
        model=model,
        parent=parent,
        facts=facts,
        train_files=files["train"],
        validation_files=files["validation"],
        checks=checks,
    )


@task(name="train", task_run_name="train {prepared.run_id}", **{**TASK_OPTIONS, "retries": 0})
def execute_run(
    home: Home,
    prepared: PreparedRun,
    flow_run: str,
    on_step: Callable[[list[Metric]], None] | None = None,
) -> dict[str, Any]:
    """Run the trainer, or go on with a run that was cut short, and register the checkpoint it leaves.

    Returns `run_id, status, checkpoint, final_loss, steps, seconds`. Raises TrainingFailedError and
    RunBusyError. A run that has finished is not trained again.
    """
    registry = RunRegistry(home)
    if (done := _finished(registry, prepared.run_id)) is not None:
        logger.info("run %s has finished before: nothing to do", prepared.run_id)
        return done
    folder = _folder(home, prepared.run_id)
    output = folder / "output"
    with held(folder) as lock:
        resume_from, broken = clear_broken(output)
        for reason in broken:
            logger.warning("left out: %s", reason)
        if resume_from is not None:
            logger.info("going on from %s", resume_from)
        launch = _write_launch(prepared, folder, output, resume_from, lock)
        registry.start(_record(home, prepared, folder, flow_run))

        def keep(metrics: list[Metric]) -> None:
            registry.add_metrics(prepared.run_id, [(m.step, m.name, m.value) for m in metrics])
            if on_step is not None:
                on_step(metrics)

        outcome = attempt(launch.launch, launch.metrics_files, output, keep)
    return _conclude(registry, prepared, folder, outcome)


def compose_dry_run(recipe: GrpoRecipe, home_uri: str) -> str:
    """Return the trainer's configuration as text, after verl's own validation where it is verl's.

    What is not there yet (a release, a checkpoint) is named as the recipe names it, with a warning.
    """
    home = Home(home_uri)
    files: dict[str, list[Path]] = {"train": [], "validation": []}
    model: Path | str = recipe.model
    try:
        version = resolve_version(home, "rl", recipe.release)
        files = {split: data_files(home, "rl", version, split) for split in files}
    except ReleaseNotFoundError as error:
        logger.warning("placeholder paths: %s", error)
        files = {split: [home.local_path(f"releases/rl/current/data/{split}.parquet")] for split in files}
    try:
        model, _ = resolve_model(home, recipe.model, list)
    except FileNotFoundError as error:
        logger.warning("placeholder model: %s", error)
    inputs = TrainingInputs(
        model, files["train"], files["validation"], home.local_path("runs/dry-run/output")
    )
    python = interpreter(recipe.environment)
    if recipe.trainer == "verl":
        return launcher.compose_verl(recipe, inputs, python)
    planned = launcher.plan_launch(recipe, inputs, EnvironmentFacts(python, {}, ()), inputs.output.parent)
    return str(yaml.safe_dump(dict(planned.configuration), sort_keys=True, allow_unicode=True))


def resolve_model(home: Home, model: str, texts: Callable[[], list[str]]) -> tuple[Path | str, str | None]:
    """Return where a recipe's model is, and the checkpoint it is, where that is one of ours.

    `run:latest-sft` and `run:latest-grpo` mean the newest finished run, `run:ID` that one, `tiny-random` a
    tiny model made of nothing, an existing folder itself; anything else is a hub id. Raises
    FileNotFoundError.
    """
    if model.startswith("run:"):
        wanted, registry = model.removeprefix("run:"), RunRegistry(home)
        kind = wanted.removeprefix("latest-") if wanted.startswith("latest-") else None
        found = registry.latest_checkpoint(kind) if kind else registry.checkpoint_of_run(wanted)
        if found is None:
            known = ", ".join(run["run_id"] for run in registry.runs()) or "none yet"
            raise FileNotFoundError(
                f"model {model!r}: no checkpoint is registered for it in {home.uri}; runs are: {known}. "
                "Train one first, or name a folder or a hub id"
            )
        return Path(found["path"]), str(found["checkpoint_id"])
    if model == TINY_MODEL:
        folder = home.local_path("models/tiny-random")
        if not (folder / "tokenizer_config.json").is_file():
            launcher.make_tiny(folder, texts())
        return folder, None
    if Path(model).expanduser().is_dir():
        return Path(model).expanduser().absolute(), None
    if model.startswith(("/", ".", "~")):
        raise FileNotFoundError(f"model {model!r}: there is no such folder")
    return model, None


def _texts(kind: str, paths: Sequence[Path]) -> list[str]:
    return [row["text"] for row in longest_rows(kind, paths, _LONGEST_ROWS)]


def _choose_rows(
    home: Home, recipe: Recipe, kind: str, published: Mapping[str, list[Path]], run_id: str
) -> tuple[dict[str, list[Path]], int]:
    """Return the files to train on and their rows: the release's own, or the recipe's part of them."""
    if recipe.rows == Rows():
        return dict(published), count_in(path for paths in published.values() for path in paths)
    target = _folder(home, run_id) / "data" / "train.parquet"
    if not target.is_file():
        write_part(kind, published["train"], target, recipe.rows.limit, recipe.rows.max_characters)
    if not target.is_file():
        return {"train": [], "validation": []}, 0
    return {"train": [target], "validation": []}, count_in([target])


def _folder(home: Home, run_id: str) -> Path:
    return home.local_path(f"runs/{run_id}").absolute()


def _started_with(home: Home, run_id: str) -> str | None:
    """The architecture that an earlier attempt of this run was started with."""
    noted = _folder(home, run_id) / "recipe.json"
    if not noted.is_file():
        return None
    architecture = json.loads(noted.read_text(encoding="utf-8")).get("architecture")
    return str(architecture) if architecture else None


def _write_launch(
    prepared: PreparedRun, folder: Path, output: Path, resume_from: Path | None, lock: int
) -> launcher.PlannedLaunch:
    noted = {
        "run_id": prepared.run_id,
        "recipe": prepared.recipe.model_dump(mode="json"),
        "release": prepared.release,
        "model": str(prepared.model),
        "architecture": architecture_at(prepared.model),
    }
    (folder / "recipe.json").write_text(json.dumps(noted, indent=1, sort_keys=True), encoding="utf-8")
    inputs = TrainingInputs(
        model=prepared.model,
        train_files=prepared.train_files,
        validation_files=prepared.validation_files,
        output=output,
        resume_from=resume_from,
    )
    planned = launcher.plan_launch(prepared.recipe, inputs, prepared.facts, folder)
    (folder / "trainer.yaml").write_text(
        yaml.safe_dump(planned.configuration, sort_keys=True, allow_unicode=True), encoding="utf-8"
    )
    launch = Launch(
        command=planned.launch.command,
        variables=planned.launch.variables,
        folder=folder,
        log=folder / "trainer.log",
        lock=lock,
    )
    return launcher.PlannedLaunch(launch, planned.configuration, planned.metrics_files)


def _record(home: Home, prepared: PreparedRun, folder: Path, flow_run: str) -> RunRecord:
    return RunRecord(
        run_id=prepared.run_id,
        kind=prepared.recipe.kind,
        recipe_name=prepared.name,
        recipe=prepared.recipe.model_dump(mode="json"),
        release=prepared.release,
        model=str(prepared.model),
        parent=prepared.parent,
        code_commit=code_commit(),
        version=__version__,
        flow_run=flow_run,
        folder=str(folder),
    )


def _conclude(
    registry: RunRegistry, prepared: PreparedRun, folder: Path, outcome: RunOutcome
) -> dict[str, Any]:
    run = prepared.run_id
    curves = {name: registry.curve(run, name) for name in launcher.CURVES}
    if outcome.status == "finished" and outcome.checkpoint is not None:
        checkpoint = outcome.checkpoint
        registry.register(
            CheckpointRecord(
                checkpoint_id=f"{run}/{checkpoint.step}",
                run_id=run,
                step=checkpoint.step,
                path=str(checkpoint.path),
                architecture=checkpoint.architecture,
                parameters=checkpoint.parameters,
                bytes=checkpoint.bytes,
                digest=checkpoint.digest,
                parent=prepared.parent,
                release=prepared.release,
                metrics={name: curve[-1][1] for name, curve in curves.items() if curve},
            )
        )
    crash = outcome.crash
    registry.finish(
        run, outcome.status, crash.kind.value if crash else None, crash.evidence if crash else None
    )
    if any(curves.values()):
        launcher.draw_curves(curves, folder / "curves.png")
    if crash is not None:
        raise TrainingFailedError(
            f"run {run} {outcome.status} ({crash.kind.value}): {crash.evidence}. Advice: {crash.advice}. "
            f"Its log: {folder / 'trainer.log'}"
        )
    done = _finished(registry, run)
    assert done is not None
    return {**done, "seconds": round(outcome.seconds, 1)}


def _finished(registry: RunRegistry, run_id: str) -> dict[str, Any] | None:
    """What a finished run came to, while its checkpoint is still on disk."""
    found = [run for run in registry.runs() if run["run_id"] == run_id and run["status"] == "finished"]
    checkpoint = registry.checkpoint_of_run(run_id) if found else None
    if checkpoint is None or not Path(checkpoint["path"]).is_dir():
        return None
    return {
        "run_id": run_id,
        "status": "finished",
        "checkpoint": checkpoint["path"],
        "checkpoint_id": checkpoint["checkpoint_id"],
        "steps": checkpoint["step"],
        "release": checkpoint["release"],
        "final_loss": found[0]["final_loss"],
        "metrics": json.loads(checkpoint["metrics"]),
        "seconds": 0.0,
    }


def code_commit() -> str:
    """Return the commit of the code that runs, or '' where it is no checkout."""
    folder = Path(sys.modules["vincicoder"].__file__ or "").parent
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""
