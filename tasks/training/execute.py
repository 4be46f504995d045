"""Train: check, launch and register one run, whichever trainer it uses."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import duckdb
import yaml
from prefect import task

from storage.home import Home
from storage.runs import CheckpointRecord, RegistryBusyError, RunEnd, RunRecord, RunRegistry
from tasks.stage import TASK_OPTIONS
from tasks.training.prepare import PreparedRun, run_folder
from tasks.training.rollouts import rollout_files, write_answer_sheets
from vincicoder import __version__
from vincicoder.sample import UserError
from vincicoder.train import launcher
from vincicoder.train.checkpoints import CheckpointError, step_of
from vincicoder.train.curves import draw_panels, headlines, panels
from vincicoder.train.launch import Launch
from vincicoder.train.metrics import MetricsFile
from vincicoder.train.preflight import (
    architecture_at,
)
from vincicoder.train.recipes import GrpoRecipe, SftRecipe
from vincicoder.train.rollouts import RolloutCurves, forget_after
from vincicoder.train.run import RunOutcome, attempt, clear_broken, ended_by, held, run_once
from vincicoder.train.swift_arguments import TrainingInputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vincicoder.train.crash import Crash
    from vincicoder.train.follow import MetricsSource
    from vincicoder.train.metrics import LoggedMetric

_WAIT_WHILE_TRAINING = 1.0  # seconds; what is not written now comes with the next numbers

logger = logging.getLogger("vincicoder")


class TrainingFailedError(UserError):
    """A run that did not finish: why, and what to do."""


@task(name="train", task_run_name="train {prepared.run_id}", **{**TASK_OPTIONS, "retries": 0})
def execute_run(
    home: Home,
    prepared: PreparedRun,
    flow_run: str,
    on_step: Callable[[list[LoggedMetric]], None] | None = None,
) -> dict[str, Any]:
    """Run the trainer, or go on with a run that was cut short, and register the checkpoint it leaves.

    Returns `run_id, status, checkpoint, final_loss, steps, seconds`. Raises TrainingFailedError and
    RunBusyError. A run that has finished is not trained again.
    """
    registry = RunRegistry(home)
    if (done := _finished(registry, prepared.run_id)) is not None:
        logger.info("run %s has finished before: nothing to do", prepared.run_id)
        return done
    folder = run_folder(home, prepared.run_id)
    output = folder / "output"
    with held(folder) as lock:
        resume_from, broken = clear_broken(output)
        for reason in broken:
            logger.warning("not gone on from: %s", reason)
        if resume_from is not None:
            logger.info("going on from %s", resume_from)
            _require_same_architecture(prepared, resume_from)
        forget_after(folder, step_of(resume_from) if resume_from is not None else 0)
        registry.start(_record(home, prepared, folder, flow_run))
        inputs = _inputs(prepared, folder, resume_from)
        if inputs.cache is not None and not inputs.cache.is_dir():
            _make_cache(registry, prepared, folder, inputs, lock)
        planned = launcher.plan_launch(prepared.recipe, inputs, prepared.facts, folder)
        launch = _write_launch(prepared, planned, folder, "trainer.yaml", lock)
        followed: list[MetricsSource] = [MetricsFile(path) for path in planned.metrics_files]
        followed.append(RolloutCurves(rollout_files(home, prepared.release, folder)))

        def keep(metrics: list[LoggedMetric]) -> None:
            registry.add_metrics(prepared.run_id, _as_rows(metrics), wait_seconds=_WAIT_WHILE_TRAINING)

        outcome = attempt(launch, followed, output, keep, *([] if on_step is None else [on_step]))
    if isinstance(prepared.recipe, GrpoRecipe):
        _draw_answers(home, prepared, folder)
    return _conclude(registry, prepared, folder, outcome)


def _require_same_architecture(prepared: PreparedRun, checkpoint: Path) -> None:
    """Raise CheckpointError where a checkpoint's weights can't be of the model that is trained."""
    if not (checkpoint / "config.json").is_file():
        return  # an adapter's: it holds no model
    expected, found = architecture_at(prepared.model), architecture_at(checkpoint)
    if expected is not None and found != expected:
        raise CheckpointError(
            f"{checkpoint} is {found}, and the run trains {expected}: it is of another run. Move it away and "
            "run the same command again"
        )


def _inputs(prepared: PreparedRun, folder: Path, resume_from: Path | None) -> TrainingInputs:
    cached = isinstance(prepared.recipe, SftRecipe) and prepared.recipe.cached
    return TrainingInputs(
        model=prepared.model,
        train_files=prepared.train_files,
        validation_files=prepared.validation_files,
        output=folder / "output",
        resume_from=resume_from,
        cache=folder / "cached" if cached else None,
        release=prepared.release_folder,
    )


def _make_cache(
    registry: RunRegistry, prepared: PreparedRun, folder: Path, inputs: TrainingInputs, lock: int
) -> None:
    """Let the trainer read and tokenize all rows; the cache is there whole or not at all."""
    assert isinstance(prepared.recipe, SftRecipe) and inputs.cache is not None
    unfinished = inputs.cache.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    planned = launcher.plan_cache(prepared.recipe, inputs, prepared.facts, folder, unfinished)
    crash = run_once(_write_launch(prepared, planned, folder, "cache.yaml", lock), lambda: None)
    if crash is not None:
        _enter_end(registry, RunEnd(prepared.run_id, ended_by(crash), crash.kind.value, crash.evidence))
        _give_up(prepared, folder, ended_by(crash), crash)
    unfinished.rename(inputs.cache)


def _write_launch(
    prepared: PreparedRun, planned: launcher.PlannedLaunch, folder: Path, name: str, lock: int
) -> Launch:
    """Write what is asked for, and the trainer's configuration under `name`; return what to run."""
    noted = {
        "run_id": prepared.run_id,
        "recipe": prepared.recipe.model_dump(mode="json"),
        "release": prepared.release,
        "model": str(prepared.model),
        "architecture": architecture_at(prepared.model),
    }
    (folder / "recipe.json").write_text(json.dumps(noted, indent=1, sort_keys=True), encoding="utf-8")
    (folder / name).write_text(
        yaml.safe_dump(dict(planned.configuration), sort_keys=True, allow_unicode=True), encoding="utf-8"
    )
    return replace(planned.launch, lock=lock)


def _draw_answers(home: Home, prepared: PreparedRun, folder: Path) -> None:
    """The sheets are for people: whatever fails is no reason to lose a run."""
    try:
        for path in write_answer_sheets(home, prepared.release, folder):
            logger.info("answers beside their targets: %s", path)
    except Exception as error:
        logger.warning("the answers could not be drawn (%s); `vincicoder runs sheets %s` tries again",
                       error, prepared.run_id)  # fmt: skip


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
    """Enter how the run ended, before anything is drawn of it; raise TrainingFailedError where not well."""
    run, crash = prepared.run_id, outcome.crash
    checkpoint = outcome.checkpoint if outcome.status == "finished" else None
    curves = _curves(registry, run, outcome)
    record = None
    if checkpoint is not None:
        record = CheckpointRecord(
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
            metrics=headlines(curves),
        )
    reason, detail = (None, None) if crash is None else (crash.kind.value, crash.evidence)
    _enter_end(registry, RunEnd(run, outcome.status, reason, detail, record, _as_rows(outcome.unwritten)))
    _draw_curves(curves, folder)
    if crash is not None:
        _give_up(prepared, folder, outcome.status, crash)
    assert record is not None
    loss = curves["loss"][-1][1] if "loss" in curves else None
    return _result(asdict(record), loss, round(outcome.seconds, 1))


def _curves(registry: RunRegistry, run: str, outcome: RunOutcome) -> dict[str, list[tuple[int, float]]]:
    """Return the run's curves: what the registry has of it, and what this attempt has read."""
    known: dict[str, dict[int, float]] = defaultdict(dict)
    try:
        known.update({name: dict(curve) for name, curve in registry.curves(run).items()})
    except (RegistryBusyError, duckdb.Error) as error:
        logger.warning("earlier attempts are not in the curves: %s", error)
    for metric in outcome.metrics:
        known[metric.name][metric.step] = metric.value
    return {name: sorted(curve.items()) for name, curve in sorted(known.items())}


def _enter_end(registry: RunRegistry, end: RunEnd) -> None:
    """A registry that can't be written changes nothing of what the run came to."""
    try:
        if (kept := registry.end(end)) is not None:
            logger.warning("the registry can't be written now: how the run ended is kept in %s and entered "
                           "when the registry is next used", kept)  # fmt: skip
    except OSError as error:
        logger.error("how run %s ended can't be written anywhere (%s): %s", end.run_id, error, end)


def _draw_curves(curves: dict[str, list[tuple[int, float]]], folder: Path) -> None:
    try:
        if shown := panels(curves):
            draw_panels(shown, folder / "curves.png", folder.name)
    except Exception as error:
        logger.warning("the curves could not be drawn (%s: %s)", type(error).__name__, error)


def _as_rows(metrics: Sequence[LoggedMetric]) -> list[tuple[int, str, float]]:
    return [(metric.step, metric.name, metric.value) for metric in metrics]


def _give_up(prepared: PreparedRun, folder: Path, status: str, crash: Crash) -> NoReturn:
    raise TrainingFailedError(
        f"run {prepared.run_id} {status} ({crash.kind.value}): {crash.evidence}. Advice: {crash.advice}. "
        f"Its log: {folder / 'trainer.log'}"
    )


def _finished(registry: RunRegistry, run_id: str) -> dict[str, Any] | None:
    """What a finished run came to, while its checkpoint is still on disk."""
    found = [run for run in registry.runs() if run["run_id"] == run_id and run["status"] == "finished"]
    checkpoint = registry.checkpoint_of_run(run_id) if found else None
    if checkpoint is None or not Path(checkpoint["path"]).is_dir():
        return None
    return _result({**checkpoint, "metrics": json.loads(checkpoint["metrics"])}, found[0]["final_loss"], 0.0)


def _result(checkpoint: Mapping[str, Any], final_loss: float | None, seconds: float) -> dict[str, Any]:
    return {
        "run_id": checkpoint["run_id"],
        "status": "finished",
        "checkpoint": checkpoint["path"],
        "checkpoint_id": checkpoint["checkpoint_id"],
        "steps": checkpoint["step"],
        "release": checkpoint["release"],
        "final_loss": final_loss,
        "metrics": dict(checkpoint["metrics"]),
        "seconds": seconds,
    }


def code_commit() -> str:
    """Return the commit of the code that runs, or '' where it is no checkout."""
    folder = Path(sys.modules["vincicoder"].__file__ or "").parent
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""
