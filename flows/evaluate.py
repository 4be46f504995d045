"""The flow `evaluate`: judge answers to a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import NonNegativeFloat, PositiveInt

from flows.evaluation import EvaluationConfig, run_evaluation
from flows.report import show_progress
from flows.run_log import log_to_run
from flows.runners import PrefectRunner
from storage.home import Home
from vincicoder.chat.config import ModelConfig
from vincicoder.config import all_cores, default_home
from vincicoder.evaluate.judge_config import JudgeConfig
from vincicoder.train.recipes import EvaluationSampling, Interpreter


@flow(
    name="evaluate",
    flow_run_name="evaluate {benchmark}",
    validate_parameters=True,
    persist_result=False,
)
def evaluate(
    answers: str | None = None,
    checkpoint: str | None = None,
    endpoint: dict[str, Any] | None = None,
    benchmark: str = "validation",
    release: str = "current",
    limit: PositiveInt | None = None,
    home: str | None = None,
    shard_rows: PositiveInt = 50,
    workers: PositiveInt | None = None,
    require_sandbox: bool = False,
    encoders: dict[str, str] | None = None,
    stack: str = "",
    max_tokens: PositiveInt = 8192,
    temperature: NonNegativeFloat = 0.0,
    python: str | None = None,
    judge: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Judge answers to a benchmark; the same as `vincicoder evaluate`.

    Running it again goes on where it was, and does nothing where it was done.

    Args:
        answers: A file of JSON lines: item_id, answer. Give this, a checkpoint or an endpoint.
        checkpoint: A model that answers: run:latest-sft, run:ID, a folder or a hub id.
        endpoint: A served model that answers: its settings, such as model and endpoint (the base URL), and
            api_key_variable, the name of the variable of the worker that holds the key.
        benchmark: Whose items: validation is the split of a release of our own; else NAME=FOLDER or NAME=hub.
        release: The SFT release whose validation split it is: a version, or current.
        limit: Judge the first items only.
        home: The home with the release, where results are kept too. Default: $VINCICODER_HOME of the worker,
            else the user's data folder.
        shard_rows: Items a shard: what a run that is killed loses.
        workers: Programs drawn at once. Default: one per CPU.
        require_sandbox: Fail when a layer of the sandbox is missing.
        encoders: Weights for the metrics of trained encoders, by kind: clip, dino, siglip, lpips_vgg,
            lpips_alex, inception, dreamsim.
        stack: The libraries that draw first. Default: those of each item's row.
        max_tokens: New tokens of a checkpoint's answer at most.
        temperature: Of a checkpoint's answers; 0 takes the likeliest token.
        python: The interpreter with transformers or vLLM for a checkpoint. Default: the worker's own.
        judge: A served model that judges the pictures too: settings as those of an endpoint, and rubrics.
    """
    config = EvaluationConfig(
        answers=None if answers is None else Path(answers),
        checkpoint=checkpoint,
        endpoint=None if endpoint is None else ModelConfig(**endpoint),
        sampling=EvaluationSampling(
            tokens=max_tokens,
            temperature=temperature,
            environment=Interpreter(python=None if python is None else Path(python)),
        ),
        judge=None if judge is None else JudgeConfig(**judge),
        benchmark=benchmark,
        release=release,
        limit=limit,
        shard_rows=shard_rows,
        workers=all_cores() if workers is None else workers,
        require_sandbox=require_sandbox,
        encoders=encoders or {},
        stack=stack,
    )
    with log_to_run():
        progress = show_progress("evaluate-progress", benchmark)
        run = str(flow_run.get_id() or "")
        threads: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(config.workers)
        with threads:
            result = run_evaluation(
                config, Home(home or default_home()), PrefectRunner(threads), run, progress
            )
    report = Path(result["folder"]) / "report.md"
    create_markdown_artifact(report.read_text("utf-8"), key="evaluate-report", description=result["run_id"])
    return result
