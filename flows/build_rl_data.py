"""The flow `build-rl-data`: choose an RL set from an SFT release, by structure or a checkpoint's rewards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact

from storage.home import Home
from tasks.sample_answers import sample_rewards
from tasks.select import build_rl
from vincicoder.config import default_home
from vincicoder.select import load_selection_recipe


@flow(
    name="build-rl-data",
    flow_run_name="build-rl-data {recipe}",
    validate_parameters=True,
    persist_result=False,
)
def build_rl_data(
    recipe: str = "default",
    release: str = "current",
    limit: int | None = None,
    home: str | None = None,
    strict: bool = False,
    checkpoint: str | None = None,
    answers: int = 4,
    tokens: int = 10_240,
) -> dict[str, Any]:
    """Publish an RL release; the same as `vincicoder build rl`.

    `checkpoint` (a folder, or `run:latest-sft`) makes difficulty the reward of `answers` sampled answers.
    """
    opened, chosen = Home(home or default_home()), load_selection_recipe(recipe)
    rewards = (
        sample_rewards(
            opened,
            chosen,
            release=release,
            checkpoint=checkpoint,
            answers=answers,
            limit=limit,
            tokens=tokens,
        )
        if checkpoint
        else None
    )
    result: dict[str, Any] = build_rl(
        opened,
        chosen,
        Path(recipe).stem,
        release=release,
        limit=limit,
        strict=strict,
        rewards=rewards,
    )
    create_table_artifact(
        [{"domain": domain, "rows": rows} for domain, rows in result["domains"].items()],
        key="rl-rows-by-domain",
        description=result["version"],
    )
    return result
