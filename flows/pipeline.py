"""The build of an SFT set, stage by stage, whatever runs the shards."""

from __future__ import annotations

import platform
import resource
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.plan import plan_build
from flows.progress import BuildClock
from storage.catalog import BuildFacts
from storage.home import Home
from storage.release import release_folder
from storage.renders import RenderIndex
from tasks.sft.card_facts import funnel_rows
from tasks.sft.clean import clean_shard
from tasks.sft.collect import collect_shard
from tasks.sft.compose import compose_rows, released_tasks
from tasks.sft.decontaminate import benchmark_rows, decontaminate_shard, index_benchmark
from tasks.sft.deduplicate import deduplicate, deduplicate_code
from tasks.sft.engine import engine_scope
from tasks.sft.publish import publish_release
from tasks.sft.refine import refine_shard
from tasks.sft.render import render_shard
from tasks.sft.sign import sign_shard
from tasks.sft.verify import verify_shard
from tasks.sft.verify_source import verify_sources
from tasks.stage import tasks_end_with_the_build
from vincicoder import __version__
from vincicoder.benchmarks import choose
from vincicoder.clean.tokens import token_counter
from vincicoder.compose import load_recipe
from vincicoder.refine.config import check_maker
from vincicoder.render.sandbox import probe, require_every_layer
from vincicoder.sample import Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from flows.progress import StageProgress
    from flows.runners import Runner
    from storage.card_facts import FunnelRow
    from storage.catalog import SourceEntry
    from storage.outputs import StageOutput
    from vincicoder.config import BuildConfig


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build came to. Every collected row was kept or rejected; `made` counts the refinement rows
    that the release holds beside those kept. `seconds` are wall time; `core_seconds` sum the work of all
    shards, those done by earlier runs included. `refused` says why the gate did not let the release become
    the current one; empty where it is."""

    release: str
    version: str
    collected: int
    made: int
    kept: int
    rejected: int
    seconds: float
    stage_seconds: dict[str, float]
    core_seconds: float
    peak_memory_mb: float
    funnel: list[FunnelRow]
    sources: list[SourceEntry]
    refused: list[str] = field(default_factory=list)


def run_build(
    config: BuildConfig,
    home_uri: str,
    runner: Runner,
    flow_run: str,
    clock: BuildClock | None = None,
) -> BuildResult:
    """Build and publish one SFT release. Finished outputs of earlier runs are used as they are.

    The watchers of `clock` show the progress; without a clock nobody does. A release that lost too much
    against the current one is published, and `refused` of the result says what it lost.

    Raises `HomeBusyError`, `SourceUnavailableError`, `ClusterError`, the runner's error when a shard fails,
    and `InfrastructureError` where the whole sandbox is required and does not work.
    """
    if config.require_sandbox:
        require_every_layer(probe())  # before any work, not at the first render
    started = time.monotonic()
    started_at = datetime.now(UTC)
    recipe = load_recipe(config.recipe)
    chosen = choose(config.benchmarks)
    check_maker(config.refine)
    home = Home(home_uri)
    plan = plan_build(config)
    clock = clock or BuildClock()
    with home.lock(), engine_scope(), tasks_end_with_the_build(home):
        if runner.place is not None:
            runner.place.begin(home, plan.languages)
        with clock.stage("index_benchmark", len(chosen), None) as done:
            named = [{"home": home, "source": c.benchmark.name, "shard": 0, "chosen": c} for c in chosen]
            benchmarks = runner.map(index_benchmark, named, done.finished)
        stages = _run_stages(config, home, runner, clock, plan.shards, recipe, benchmarks)
        sources = _with_counts(home, plan.sources, stages[0], stages[-1])
        rows = sum(output.rows_kept for output in stages[-1])
        with clock.stage("publish", 1, rows) as done:
            published = runner.run(
                publish_release,
                home=home,
                stages=stages,
                sources=sources,
                benchmarks=benchmark_rows(home, benchmarks),
                name=config.profile or "own",
                recipe=recipe,
                config=recorded_config(config),
                build=BuildFacts(
                    flow_run=flow_run,
                    started_at=started_at,
                    host=platform.node(),
                    python=platform.python_version(),
                    config=config.model_dump_json(),
                    stage_seconds=dict(clock.stage_seconds),
                ),
                gate=None if config.accept else config.gate,
            )
            done.count(rows, rows, 0)
        funnel = funnel_rows(home, stages)
    made = sum(source.refined for source in sources)
    kept = sum(source.released for source in sources)
    return BuildResult(
        release=home.path(release_folder("sft", published.version)),
        version=published.version,
        collected=plan.rows,
        made=made,
        kept=kept,
        rejected=plan.rows - kept,
        seconds=round(time.monotonic() - started, 3),
        stage_seconds=clock.stage_seconds,
        core_seconds=round(sum(output.seconds for outputs in stages for output in outputs), 3),
        peak_memory_mb=_peak_memory_mb(),
        funnel=funnel,
        sources=sources,
        refused=published.refused,
    )


def _run_stages(
    config: BuildConfig,
    home: Home,
    runner: Runner,
    clock: BuildClock,
    shards: Sequence[Any],
    recipe: Any,
    benchmarks: Sequence[StageOutput],
) -> list[list[StageOutput]]:
    with clock.stage("collect", len(shards), sum(len(part.positions) for _, _, part in shards)) as done:
        calls = [
            {
                "home": home,
                "source": source.info.name,
                "shard": number,
                "corpus": source,
                "part": part,
                "max_code_bytes": config.max_code_bytes,
            }
            for source, number, part in shards
        ]
        collected = runner.map(collect_shard, calls, done.finished)
    with _stage(clock, "clean", collected) as done:
        cleaned = runner.map(clean_shard, _calls(home, collected, limits=config.clean), done.finished)
    with _stage(clock, "sign", cleaned) as done:
        signatures = runner.map(sign_shard, _calls(home, cleaned), done.finished)
    with _stage(clock, "dedup_code", cleaned) as done:
        unique = runner.run(deduplicate_code, home=home, previous=cleaned, signatures=signatures)
        done.all_finished(unique)
    with _stage(clock, "render", unique) as done:
        calls = _calls(
            home,
            unique,
            index=RenderIndex(home),
            limits=config.render,
            workers=config.workers,
            require_sandbox=config.require_sandbox,
        )
        stacks = {source.info.name: source.info.stack for source, _, _ in shards}
        calls = [{**call, "stack": stacks[call["source"]]} for call in calls]
        rendered = runner.map(render_shard, calls, done.finished)
    with _stage(clock, "verify", rendered) as done:
        # Every stage so far has one output per collected shard, in the same order.
        calls = [
            {**call, "collected": collection}
            for call, collection in zip(_calls(home, rendered, limits=config.picture), collected, strict=True)
        ]
        verified = runner.map(verify_shard, calls, done.finished)
    with _stage(clock, "verify_source", verified) as done:
        matched = runner.run(verify_sources, home=home, previous=verified)
        done.all_finished(matched)
    with _stage(clock, "dedup", matched) as done:
        distinct = runner.run(
            deduplicate, home=home, previous=matched, signatures=signatures, limits=config.duplicates
        )
        done.all_finished(distinct)
    with _stage(clock, "decontaminate", distinct) as done:
        calls = _calls(home, distinct, benchmarks=benchmarks, limits=config.decontamination)
        calls = [{**call, "signatures": signed} for call, signed in zip(calls, signatures, strict=True)]
        apart = runner.map(decontaminate_shard, calls, done.finished)
    with _stage(clock, "refine", apart) as done:
        calls = _calls(
            home,
            apart,
            index=RenderIndex(home),
            limits=config.render,
            refine=config.refine,
            workers=config.workers,
            require_sandbox=config.require_sandbox,
        )
        refined = runner.map(refine_shard, calls, done.finished)
    with _stage(clock, "compose", refined) as done:
        composed = runner.run(compose_rows, home=home, previous=refined, recipe=recipe, strict=config.strict)
        done.all_finished(composed)
    return [collected, cleaned, unique, rendered, verified, matched, distinct, apart, refined, composed]


def _stage(
    clock: BuildClock, name: str, previous: Sequence[StageOutput]
) -> AbstractContextManager[StageProgress]:
    return clock.stage(name, len(previous), sum(output.rows_kept for output in previous))


def _calls(home: Home, previous: Sequence[StageOutput], **arguments: Any) -> list[dict[str, Any]]:
    return [
        {"home": home, "source": output.source, "shard": output.shard, "previous": output, **arguments}
        for output in previous
    ]


def _with_counts(
    home: Home,
    sources: Sequence[SourceEntry],
    collected: Sequence[StageOutput],
    composed: Sequence[StageOutput],
) -> list[SourceEntry]:
    tasks = released_tasks(home, composed)
    return [
        replace(
            entry,
            collected=sum(output.rows_in for output in collected if output.source == entry.name),
            released=tasks.get(entry.name, {}).get(Task.DIRECT, 0),
            refined=tasks.get(entry.name, {}).get(Task.REFINE, 0),
        )
        for entry in sources
    ]


def recorded_config(config: BuildConfig) -> dict[str, Any]:
    """The configuration as the manifest keeps it: what decides the content, not how fast it is made."""
    elsewhere = {
        "workers",
        "engine",
        "ray_address",
        "require_sandbox",
        "source_configs",
        "sources",
        "benchmarks",
    }
    elsewhere |= {"gate", "accept", "strict"}  # whether there is a release, or it is the current one
    fields = {**config.model_dump(mode="json", exclude=elsewhere), "refine": config.refine.decides()}
    # Names, not places: the manifest leaves the machine.
    fields["recipe"] = load_recipe(config.recipe).name
    if config.clean.tokenizer is not None:
        fields["clean"]["tokenizer"] = token_counter(config.clean.tokenizer).name
    names = [chosen.benchmark.name for chosen in choose(config.benchmarks)]
    return {"vincicoder": __version__, "benchmarks": names, **fields}


def _peak_memory_mb() -> float:
    """The larger of this process's peak and that of its largest finished child (Linux: KiB)."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(peaks) / 1024, 1)


def result_json(result: BuildResult) -> dict[str, Any]:
    """The result as one JSON object."""
    fields = asdict(result)
    fields["funnel"] = [{**row, "reasons": dict(row["reasons"])} for row in fields["funnel"]]
    return fields
