"""The flows `train-sft` and `train-grpo`: check, launch, follow, register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import flow_run

from flows.release_report import run_reported
from flows.report import show_progress
from flows.run_log import log_to_run
from flows.step_clock import StepClock
from storage.home import Home
from tasks.training.execute import execute_run
from tasks.training.prepare import prepare_run
from vincicoder.config import default_home
from vincicoder.train.follow import Guarded
from vincicoder.train.recipes import GrpoRecipe, RecipeError, SftRecipe, load_recipe_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.training.prepare import PreparedRun
    from vincicoder.train.metrics import LoggedMetric


@flow(name="train-sft", flow_run_name="train-sft {recipe}", validate_parameters=True, persist_result=False)
def train_sft(recipe: str, home: str | None = None) -> dict[str, Any]:
    """Fine-tune on an SFT release with ms-swift; the same as `vincicoder train sft`.

    Running it again goes on from the last checkpoint, and does nothing where the run has finished.

    Args:
        recipe: A YAML file of kind sft, in the worker's folder.
        home: The home with the release. Default: $VINCICODER_HOME of the worker, else the user's data folder.
    """
    loaded = load_recipe_file(Path(recipe))
    if not isinstance(loaded, SftRecipe):
        raise RecipeError(f"recipe {recipe} is of kind {loaded.kind!r}; train-sft takes kind: sft")
    return _train(loaded, recipe, home)


@flow(name="train-grpo", flow_run_name="train-grpo {recipe}", validate_parameters=True, persist_result=False)
def train_grpo(recipe: str, home: str | None = None) -> dict[str, Any]:
    """Reinforce with GRPO on an RL release, with verl or ms-swift; the same as `vincicoder train grpo`.

    Args:
        recipe: A YAML file of kind grpo, in the worker's folder.
        home: The home with the release. Default: $VINCICODER_HOME of the worker, else the user's data folder.
    """
    loaded = load_recipe_file(Path(recipe))
    if not isinstance(loaded, GrpoRecipe):
        raise RecipeError(f"recipe {recipe} is of kind {loaded.kind!r}; train-grpo takes kind: grpo")
    return _train(loaded, recipe, home)


def _train(recipe: SftRecipe | GrpoRecipe, path: str, home: str | None) -> dict[str, Any]:
    with log_to_run():
        return _follow(Home(home or default_home()), recipe, Path(path).stem)


def _follow(home: Home, recipe: SftRecipe | GrpoRecipe, name: str) -> dict[str, Any]:
    prepared = prepare_run(home, recipe, name)
    create_markdown_artifact(_checks(prepared), key=f"{recipe.kind}-preflight", description=prepared.run_id)
    progress = show_progress(f"{recipe.kind}-progress", prepared.run_id)
    clock = StepClock(recipe.max_steps)
    steps = recipe.max_steps

    def show(metrics: list[LoggedMetric]) -> None:
        clock.show(metrics)
        if steps:
            reached = max(metric.step for metric in metrics)
            progress(min(100.0 * reached / steps, 100.0))

    with run_reported(home, prepared.run_id):
        result = execute_run(home, prepared, str(flow_run.get_id() or ""), show)
    Guarded().call("showing the run's end", lambda: _show_end(recipe.kind, prepared, progress, result))
    return dict(result)


def _show_end(
    kind: str, prepared: PreparedRun, progress: Callable[[float], None], result: dict[str, Any]
) -> None:
    progress(100.0)
    create_markdown_artifact(_summary(result), key=f"{kind}-checkpoint", description=prepared.run_id)
    if by_domain := _by_domain(result["metrics"]):
        create_table_artifact(by_domain, key=f"{kind}-by-domain", description=prepared.run_id)


def _by_domain(metrics: dict[str, float]) -> list[dict[str, Any]]:
    """One row a split and domain: the last mean reward, and the share of answers that drew a picture."""
    named = [name.split("/") for name in metrics if name.count("/") == 2]
    groups = sorted({(split, domain) for split, _, domain in named})
    return [
        {
            "split": split,
            "domain": domain,
            "reward": metrics.get(f"{split}/score/{domain}"),
            "drawn": metrics.get(f"{split}/rendered/{domain}"),
        }
        for split, domain in groups
    ]


def _checks(prepared: PreparedRun) -> str:
    lines = [
        f"| {check.name} | {'ok' if check.ok else 'warning'} | {check.detail} |" for check in prepared.checks
    ]
    return "\n".join(["| check | | |", "|---|---|---|", *lines])


def _summary(result: dict[str, Any]) -> str:
    lines = [f"| {name} | {value} |" for name, value in sorted(result["metrics"].items())]
    return "\n".join(
        [
            f"`{result['checkpoint']}` after {result['steps']} steps",
            "",
            "| metric | last |",
            "|---|---|",
            *lines,
        ]
    )
