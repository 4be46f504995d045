"""The flow `build-rl-data`: choose an RL set from an SFT release, by structure or a checkpoint's rewards."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.rl_set import build_rl_set
from storage.home import Home
from vincicoder.config import default_home


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
    result = build_rl_set(
        Home(home or default_home()),
        recipe=recipe,
        release=release,
        limit=limit,
        strict=strict,
        checkpoint=checkpoint,
        answers=answers,
        tokens=tokens,
    )
    create_table_artifact(
        [{"domain": domain, "rows": rows} for domain, rows in result["domains"].items()],
        key="rl-rows-by-domain",
        description=result["version"],
    )
    return result
