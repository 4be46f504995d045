"""The configuration that a trainer would get from a recipe. Nothing is started."""

from __future__ import annotations

import logging
import shlex
from typing import TYPE_CHECKING

import yaml

from storage.home import Home
from storage.release import release_folder
from storage.release_facts import ReleaseNotFoundError, data_files, resolve_version
from tasks.training.models import resolve_model
from vincicoder.train import launcher
from vincicoder.train.environment import EnvironmentFacts, interpreter
from vincicoder.train.recipes import GrpoRecipe, SftRecipe
from vincicoder.train.swift_arguments import TrainingInputs

if TYPE_CHECKING:
    from pathlib import Path

    from storage.manifest import Kind
    from vincicoder.train.recipes import TrainingRecipe

logger = logging.getLogger("vincicoder")


def compose_dry_run(recipe: TrainingRecipe, home_uri: str) -> str:
    """Return the trainer's configuration as text, after verl's own validation where it is verl's.

    ms-swift's comes with its command and variables as comments.

    What is not there yet (a release, a checkpoint) is named as the recipe names it, with a warning.
    """
    home = Home(home_uri)
    kind: Kind = "sft" if isinstance(recipe, SftRecipe) else "rl"
    files: dict[str, list[Path]] = {"train": [], "validation": []}
    version = recipe.release
    model: Path | str = recipe.model
    try:
        version = resolve_version(home, kind, recipe.release)
        files = {split: data_files(home, kind, version, split) for split in files}
    except ReleaseNotFoundError as error:
        logger.warning("placeholder paths: %s", error)
        files = {
            split: [home.working_path(f"{release_folder(kind, version)}/data/{split}.parquet")]
            for split in files
        }
    try:
        model, _ = resolve_model(home, recipe.model, list)
    except FileNotFoundError as error:
        logger.warning("placeholder model: %s", error)
    inputs = TrainingInputs(
        model,
        files["train"],
        files["validation"],
        home.working_path("runs/dry-run/output"),
        release=home.working_path(release_folder(kind, version)),
    )
    python = interpreter(recipe.environment)
    if isinstance(recipe, GrpoRecipe) and recipe.trainer == "verl":
        return launcher.compose_verl(recipe, inputs, python)
    planned = launcher.plan_launch(recipe, inputs, EnvironmentFacts(python, {}, ()), inputs.output.parent)
    asked = [f"# {shlex.join(planned.launch.command)}"]
    asked += [f"# {name}={value}" for name, value in sorted(planned.launch.variables.items())]
    written = yaml.safe_dump(dict(planned.configuration), sort_keys=True, allow_unicode=True)
    return "\n".join([*asked, written])
