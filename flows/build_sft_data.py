"""The flow `build-sft-data`: collect, clean, render, verify, deduplicate, decontaminate, compose, publish."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal

from prefect import flow
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.pipeline import result_json, run_build
from flows.progress import BuildClock
from flows.progress.lines import Lines
from flows.progress.prefect import PrefectProgress
from flows.release_report import leave_report
from flows.report import show_build
from flows.run_log import log_to_run
from flows.run_names import build_run_name
from flows.runners import PrefectRunner, build_place, shards_at_once
from vincicoder.config import BuildConfig, all_cores, default_home
from vincicoder.gate import ReleaseRefusedError, gate_limits
from vincicoder.refine.config import RefineConfig

logger = logging.getLogger("vincicoder")


@flow(
    name="build-sft-data",
    flow_run_name=build_run_name,
    validate_parameters=True,
    persist_result=False,
)
def build_sft_data(
    profile: str | None = "packages",
    limit: int | None = None,
    home: str | None = None,
    recipe: str = "default",
    sources: list[str] | None = None,
    source_configs: list[str] | None = None,
    benchmarks: list[str] | None = None,
    shard_rows: int = 250,
    workers: int | None = None,
    engine: Literal["local", "ray"] = "local",
    ray_address: str = "auto",
    strict: bool = False,
    require_sandbox: bool = False,
    refine: bool = True,
    refine_share: float = 30.0,
    refine_config: dict[str, Any] | None = None,
    gate: dict[str, float] | None = None,
    accept: bool = False,
) -> dict[str, Any]:
    """Build and publish an SFT release; the same build as `vincicoder build sft`.

    Running it again resumes, and does nothing where nothing changed. A release that lost too much against the
    current one is published, but does not become the current one, and the run fails.

    Args:
        profile: A named set of sources, such as packages or packages-full; null takes only those named below.
        limit: Collect this many rows in all, for a quick look.
        home: Where outputs and releases are kept: a folder or a URI. Default: $VINCICODER_HOME of the worker,
            else the user's data folder.
        recipe: What the release is made of: a recipe's name or YAML file.
        sources: Published corpora: NAME reads the hub, NAME=PATH a local copy in its published layout.
        source_configs: YAML files that declare sources of your own.
        benchmarks: Benchmarks to keep out, as NAME=FOLDER, NAME=hub or NAME=hub:ID.
        shard_rows: Rows a shard. Raise it for large corpora, so that a build has at most some hundred shards.
        workers: Shards and renders at a time. Default: one a core of the worker's machine.
        engine: Where shards run: local is the worker's machine, ray the nodes of a Ray cluster.
        ray_address: HOST:PORT of the cluster's head; auto is one that runs on the worker's machine.
        strict: A source that is not here, or a quota that can't be filled, fails the run.
        require_sandbox: Fail when a layer of the sandbox is missing.
        refine: Add refinement rows: flawed code to be corrected.
        refine_share: Percent of the rows that get a refinement row.
        refine_config: Who makes flawed code, such as a model's server; in place of the two above.
        gate: What may get lost against the current release: row_loss_percent, yield_loss_percent,
            new_reason_percent and few_rows.
        accept: Make the release the current one, whatever got lost.
    """
    config = BuildConfig(
        profile=profile,
        limit=limit,
        recipe=recipe,
        sources=tuple(sources or ()),
        source_configs=tuple(Path(path) for path in source_configs or ()),
        benchmarks=tuple(benchmarks or ()),
        shard_rows=shard_rows,
        workers=all_cores() if workers is None else workers,
        engine=engine,
        ray_address=ray_address,
        strict=strict,
        require_sandbox=require_sandbox,
        refine=RefineConfig.model_validate(refine_config)
        if refine_config
        else RefineConfig(maker="mutation" if refine else "none", share_percent=refine_share),
        gate=gate_limits(gate or {}),
        accept=accept,
    )
    with log_to_run():
        clock = BuildClock([Lines(every_stage=True), PrefectProgress(profile or "own sources")])
        run = str(flow_run.get_id() or "")
        threads: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(shards_at_once(config))
        with threads, build_place(config) as place:
            result = run_build(config, home or default_home(), PrefectRunner(threads, place), run, clock)
        report = leave_report(home or default_home(), result.release, result.version)
        show_build(result, report)
        if result.refused:
            raise ReleaseRefusedError(result.version, result.refused)
        logger.info("release %s at %s is the current one", result.version, result.release)
    return {**result_json(result), "report": None if report is None else str(report)}
