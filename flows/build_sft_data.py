"""The flow `build-sft-data`: collect, clean, render, verify, deduplicate, decontaminate, compose, publish."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.pipeline import result_json, run_build
from flows.runners import PrefectRunner
from storage.card import funnel_lines
from vincicoder.config import BuildConfig, default_home
from vincicoder.refine.config import RefineConfig


@flow(
    name="build-sft-data",
    flow_run_name="build-sft-data {profile}",
    task_runner=ThreadPoolTaskRunner(max_workers=os.cpu_count() or 1),  # type: ignore[arg-type]
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
    strict: bool = False,
    require_sandbox: bool = False,
    refine: bool = True,
    refine_share: float = 30.0,
    refine_config: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Build and publish an SFT release; the same build as `vincicoder build sft`.

    `home` defaults to `$VINCICODER_HOME`, else the user's data folder. Running it again resumes,
    and does nothing where nothing changed.
    """
    config = BuildConfig(
        profile=profile,
        limit=limit,
        recipe=recipe,
        sources=tuple(sources or ()),
        source_configs=tuple(Path(path) for path in source_configs or ()),
        benchmarks=tuple(benchmarks or ()),
        shard_rows=shard_rows,
        strict=strict,
        require_sandbox=require_sandbox,
        refine=RefineConfig.model_validate(refine_config)
        if refine_config
        else RefineConfig(maker="mutation" if refine else "none", share_percent=refine_share),
    )
    result = run_build(config, home or default_home(), PrefectRunner(), str(flow_run.get_id() or ""))
    create_markdown_artifact(
        "\n".join(funnel_lines(result.funnel)), key="sft-funnel", description=result.version
    )
    create_table_artifact(
        [
            {"source": s.name, "domain": s.domain, "collected": s.collected, "released": s.released}
            for s in result.sources
        ],
        key="sft-yield-by-source",
        description=result.version,
    )
    return result_json(result)
