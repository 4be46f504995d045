"""Building an RL set, whatever runs the two tasks: a Prefect flow, or the command line without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.release_report import leave_report
from tasks.rl.sample_answers import sample_rewards
from tasks.rl.select import build_rl
from vincicoder.select import load_selection_recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.home import Home
    from vincicoder.gate import GateLimits


def build_rl_set(
    home: Home,
    *,
    recipe: str,
    release: str,
    limit: int | None,
    strict: bool,
    checkpoint: str | None,
    answers: int | None,
    tokens: int | None,
    environment: str | None,
    gate: GateLimits | None,
    sample: Callable[..., dict[str, list[float]]] = sample_rewards,
    build: Callable[..., dict[str, Any]] = build_rl,
) -> dict[str, Any]:
    """Sample and score answers where a checkpoint is named, then choose, publish and ask the gate.

    `answers`, `tokens` and `environment` (an interpreter) take the place of the recipe's `sampling`.
    `sample` and `build` are the two tasks (within a flow), or their plain functions. Returns what `build`
    does, and where the report is.
    """
    chosen = load_selection_recipe(recipe).sampled_by(answers, tokens, environment)
    rewards = (
        sample(home, chosen, release=release, checkpoint=checkpoint, limit=limit) if checkpoint else None
    )
    name = Path(recipe).stem
    result = build(
        home, chosen, name, release=release, limit=limit, strict=strict, gate=gate, rewards=rewards
    )
    report = leave_report(home.uri, result["release"], result["version"], "rl")
    return {**result, "report": None if report is None else str(report)}
