"""The flow `evaluate`: judge answers to a benchmark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.evaluation import EvaluationConfig, run_evaluation
from flows.report import show_progress
from flows.run_log import log_to_run
from flows.runners import PrefectRunner
from storage.home import Home
from vincicoder.config import default_home


@flow(
    name="evaluate",
    flow_run_name="evaluate {benchmark}",
    task_runner=ThreadPoolTaskRunner(max_workers=os.cpu_count() or 1),  # type: ignore[arg-type]
    validate_parameters=True,
    persist_result=False,
)
def evaluate(
    answers: str,
    benchmark: str = "validation",
    release: str = "current",
    limit: int | None = None,
    home: str | None = None,
    shard_rows: int = 50,
    workers: int | None = None,
    require_sandbox: bool = False,
    encoders: dict[str, str] | None = None,
    stack: str = "",
) -> dict[str, Any]:
    """Judge answers to a benchmark; the same as `vincicoder evaluate`.

    Running it again goes on where it was, and does nothing where it was done.

    Args:
        answers: A file of JSON lines: item_id, answer.
        benchmark: Whose items were answered: validation is the split of a release of our own.
        release: The SFT release whose validation split it is: a version, or current.
        limit: Judge the first items only.
        home: The home with the release, where results are kept too. Default: $VINCICODER_HOME of the worker,
            else the user's data folder.
        shard_rows: Items a shard: what a run that is killed loses.
        workers: Programs drawn at once. Default: one per CPU.
        require_sandbox: Fail when a layer of the sandbox is missing.
        encoders: Weights for the metrics of trained encoders, by kind: clip, dino, siglip, lpips_vgg,
            lpips_alex.
        stack: The libraries that draw first. Default: those of each item's row.
    """
    config = EvaluationConfig(
        answers=Path(answers),
        benchmark=benchmark,
        release=release,
        limit=limit,
        shard_rows=shard_rows,
        workers=workers or os.cpu_count() or 1,
        require_sandbox=require_sandbox,
        encoders=encoders or {},
        stack=stack,
    )
    with log_to_run():
        progress = show_progress("evaluate-progress", benchmark)
        result = run_evaluation(
            config, Home(home or default_home()), PrefectRunner(), str(flow_run.get_id() or ""), progress
        )
    report = Path(result["folder"]) / "report.md"
    create_markdown_artifact(report.read_text("utf-8"), key="evaluate-report", description=result["run_id"])
    return result
