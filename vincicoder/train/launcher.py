"""From a recipe to a command: which trainer, which files, which checks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vincicoder.train import preflight as checks
from vincicoder.train import verl_compose
from vincicoder.train.environment import EnvironmentFacts, TrainerEnvironmentError
from vincicoder.train.launch import Launch, startup_folder
from vincicoder.train.recipes import GrpoRecipe, RecipeError, SftRecipe, TrainingRecipe
from vincicoder.train.swift_arguments import (
    TrainingInputs,
    cache_arguments,
    grpo_arguments,
    sft_arguments,
    swift_variables,
)
from vincicoder.train.verl_arguments import as_overrides, verl_settings

_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class PlannedLaunch:
    """A launch, the configuration to write beside it, and the files its metrics come in."""

    launch: Launch
    configuration: Mapping[str, Any]
    metrics_files: Sequence[Path]


def preflight(
    recipe: TrainingRecipe,
    facts: EnvironmentFacts,
    model: Path | str,
    started_with: str | None,
    release: checks.ReleaseFacts,
    folder: Path,
    parent: Mapping[str, Any] | None = None,
) -> list[checks.PreflightCheck]:
    """Look at all that can be looked at before a start; later checks need what earlier ones found.

    `parent` is the recipe of the run that the model is a checkpoint of, where it is one of ours.
    """
    found = [
        checks.check_trainer(recipe, facts),
        checks.check_gpus(recipe, facts),
        checks.check_release(release),
        checks.check_model(model, started_with),
    ]
    if checks.failures(found):
        return found
    found.append(checks.check_model_type(model, recipe.model_type))
    found.append(checks.check_pixels(recipe, parent))
    found.append(checks.check_memory(recipe, model, facts))
    limit = recipe.max_length if isinstance(recipe, SftRecipe) else recipe.prompt_tokens
    found.append(checks.check_disk(folder, model, recipe.keep_checkpoints))
    if checks.failures(found):
        return found  # counting tokens takes longest
    pixels = (recipe.min_pixels, recipe.max_pixels)
    found.append(checks.check_lengths(release, model, facts.python, limit, *pixels))
    return found


def plan_launch(
    recipe: TrainingRecipe, inputs: TrainingInputs, facts: EnvironmentFacts, folder: Path
) -> PlannedLaunch:
    """Return the trainer's command and configuration for a run in `folder`."""
    log = folder / "trainer.log"
    if isinstance(recipe, GrpoRecipe) and recipe.trainer == "verl":
        settings = settings_of_verl(recipe, inputs)
        metrics = folder / "metrics.jsonl"
        command = [str(facts.python), "-m", "verl.trainer.main_ppo", *as_overrides(settings)]
        variables = {"VERL_FILE_LOGGER_PATH": str(metrics), "PYTHONPATH": str(_PROJECT)}
        launch = Launch(command, _variables(recipe, variables), folder, log)
        return PlannedLaunch(launch, settings, [metrics])
    program = "sft" if isinstance(recipe, SftRecipe) else "rlhf"
    arguments = (
        sft_arguments(recipe, inputs)
        if isinstance(recipe, SftRecipe)
        else grpo_arguments(recipe, inputs, _adapter("swift"))
    )
    command = [str(facts.python), "-m", "swift.cli.main", program, str(folder / "trainer.yaml")]
    variables = dict(swift_variables(recipe))
    if isinstance(recipe, GrpoRecipe):
        variables |= {
            "PYTHONPATH": str(_PROJECT),
            "VINCICODER_REWARD": json.dumps(
                {**reward_arguments(recipe, inputs), "rollouts": str(folder / "rollouts")}, sort_keys=True
            ),
        }
    launch = Launch(command, _variables(recipe, variables), folder, log)
    return PlannedLaunch(launch, arguments, [inputs.output / "logging.jsonl"])


def plan_cache(
    recipe: SftRecipe, inputs: TrainingInputs, facts: EnvironmentFacts, folder: Path, target: Path
) -> PlannedLaunch:
    """Return the command that reads and tokenizes all rows before a run in `folder`, into `target`."""
    command = [str(facts.python), "-m", "swift.cli.main", "export", str(folder / "cache.yaml")]
    variables = {**swift_variables(recipe), "CUDA_VISIBLE_DEVICES": "", "NPROC_PER_NODE": "1"}
    launch = Launch(command, _variables(recipe, variables), folder, folder / "trainer.log")
    return PlannedLaunch(launch, cache_arguments(recipe, inputs, target), [])


def settings_of_verl(recipe: GrpoRecipe, inputs: TrainingInputs) -> dict[str, Any]:
    return verl_settings(recipe, inputs, _adapter("verl"), reward_arguments(recipe, inputs))


def compose_verl(recipe: GrpoRecipe, inputs: TrainingInputs, python: Path) -> str:
    """Return the configuration as verl composes and validates it, as YAML.

    Raises RecipeError with verl's own words where it refuses, TrainerEnvironmentError without verl.
    """
    done = subprocess.run(
        [str(python), verl_compose.__file__],
        input=json.dumps(as_overrides(settings_of_verl(recipe, inputs))),
        env={**os.environ, "PYTHONPATH": str(startup_folder())},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode == 2:
        raise RecipeError(done.stderr.strip().splitlines()[-1])
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise TrainerEnvironmentError(
            f"verl can't be imported by {python} ({last}); install vincicoder[rl] there, or name another "
            "environment.python"
        )
    return done.stdout.partition("---\n")[2]


def reward_arguments(recipe: GrpoRecipe, inputs: TrainingInputs) -> dict[str, Any]:
    """The settings of the reward's adapters: the preset, where the encoder and the references are."""
    arguments: dict[str, Any] = {
        "preset": recipe.reward.preset,
        "references": str(inputs.release or ""),
    }
    if recipe.reward.encoder:
        arguments["encoder"] = recipe.reward.encoder
    if recipe.reward.service:
        arguments["service"] = recipe.reward.service
    return arguments


def make_tiny(folder: Path, texts: Sequence[str]) -> None:
    """Make the tiny model in a process of its own: this one need not hold torch."""
    code = (
        "import json, sys; from pathlib import Path; "
        "from vincicoder.train.tiny_model import make_tiny_model; "
        "make_tiny_model(Path(sys.argv[1]), json.load(sys.stdin))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(startup_folder()), str(_PROJECT)])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        input=json.dumps(list(texts)),
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise TrainerEnvironmentError(f"the tiny model can't be made ({last}): install vincicoder[sft]")


def _adapter(name: str) -> Path:
    return Path(__file__).parent / "adapters" / f"{name}.py"


def _variables(recipe: TrainingRecipe, variables: Mapping[str, str]) -> dict[str, str]:
    shared = {"HF_HUB_OFFLINE": "1", "MODELSCOPE_OFFLINE": "1"} if Path(recipe.model).is_dir() else {}
    if not recipe.environment.gpus:
        shared["CUDA_VISIBLE_DEVICES"] = ""
    return {**shared, **variables, **recipe.environment.variables}
