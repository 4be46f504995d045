"""The flow `build-rl-data`: choose an RL set from an SFT release, by structure or a checkpoint's rewards."""

from __future__ import annotations

import logging
from typing import Any

from prefect import flow
from pydantic import PositiveInt

from flows.report import show_rl_set
from flows.rl_set import build_rl_set
from flows.run_log import log_to_run
from flows.run_names import rl_run_name
from storage.home import Home
from vincicoder.config import default_home
from vincicoder.gate import ReleaseRefusedError, gate_limits

logger = logging.getLogger("vincicoder")


@flow(
    name="build-rl-data",
    flow_run_name=rl_run_name,
    validate_parameters=True,
    persist_result=False,
)
def build_rl_data(
    recipe: str = "default",
    release: str = "current",
    limit: PositiveInt | None = None,
    home: str | None = None,
    strict: bool = False,
    checkpoint: str | None = None,
    answers: PositiveInt | None = None,
    tokens: PositiveInt | None = None,
    environment: str | None = None,
    gate: dict[str, float] | None = None,
    accept: bool = False,
) -> dict[str, Any]:
    """Publish an RL release; the same as `vincicoder build rl`.

    A release that lost too much against the current one is published, but does not become the current one,
    and the run fails.

    Args:
        recipe: Which rows to choose: a selection recipe's name or YAML file.
        release: The SFT release to choose from: a version, or current.
        limit: Choose at most this many rows.
        home: The home with the SFT release. Default: $VINCICODER_HOME of the worker, else the user's data
            folder.
        strict: A domain that falls short fails the run.
        checkpoint: A folder, or run:latest-sft: difficulty is then the reward of its sampled answers.
        answers: Answers sampled a row. Default: the recipe's.
        tokens: Tokens an answer may have. Default: the recipe's.
        environment: The interpreter of the environment that samples. Default: the recipe's.
        gate: What may get lost against the current release: row_loss_percent and few_rows.
        accept: Make the release the current one, whatever got lost.
    """
    limits = gate_limits(gate or {})
    with log_to_run():
        result = build_rl_set(
            Home(home or default_home()),
            recipe=recipe,
            release=release,
            limit=limit,
            strict=strict,
            checkpoint=checkpoint,
            answers=answers,
            tokens=tokens,
            environment=environment,
            gate=None if accept else limits,
        )
        show_rl_set(result)
        if result["refused"]:
            raise ReleaseRefusedError(result["version"], result["refused"])
        logger.info("release %s at %s is the current one", result["version"], result["release"])
    return result
