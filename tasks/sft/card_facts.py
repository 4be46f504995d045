"""Counts the numbers of the dataset card from the stages' outputs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.ahead import read_outputs
from storage.card_facts import CardFacts, FunnelRow, LengthRow, QuotaRow, TaskRows
from storage.manifest import ComparedCounts, SourceRows
from tasks.sft.compose import composition
from vincicoder.sample import Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.catalog import SourceEntry
    from storage.home import Home
    from storage.manifest import ReleaseFile
    from storage.outputs import StageOutput
    from vincicoder.compose import ReleaseRecipe

_COUNTED = ("domain", "license", "language", "stack", "chart_type", "flaw_maker")


def card_facts(
    home: Home,
    stages: Sequence[Sequence[StageOutput]],
    sources: Sequence[SourceEntry],
    benchmarks: Sequence[Mapping[str, Any]],
    thresholds: Sequence[Mapping[str, Any]],
    version: str,
    counts: Mapping[str, int],
    recipe: ReleaseRecipe,
    files: Sequence[ReleaseFile],
) -> CardFacts:
    """Count rows, lengths and duplicates. `files` are those of the data, written by now."""
    counted: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in _COUNTED}
    columns = ("task", *_COUNTED)
    for table in read_outputs(home, stages[-1], columns=columns):
        values = table.to_pydict()
        for name, counter in counted.items():
            counter.update(zip(values[name], values["task"], strict=True))
    by_name = {name: _by_task(counter) for name, counter in counted.items()}
    return CardFacts(
        version=version,
        rows_by_split=counts,
        rows_by_domain=by_name["domain"],
        rows_by_license=by_name["license"],
        rows_by_language=by_name["language"],
        rows_by_stack=by_name["stack"],
        rows_by_chart_type=by_name["chart_type"],
        rows_by_flaw_maker={name: rows.refine for name, rows in by_name["flaw_maker"].items()},
        recipe=recipe.name,
        composition=[QuotaRow(**asdict(row)) for row in composition(home, stages[-2], recipe)],
        funnel=funnel_rows(home, stages),
        sources=sources,
        benchmarks=benchmarks,
        thresholds=thresholds,
        lengths=_lengths(home, stages[-1]),
        duplicates=_duplicates(home, stages),
        data_bytes=sum(file.bytes for file in files),
        pictures=["assets/samples.png"],
    )


def _by_task(counted: Counter[tuple[str, str]]) -> dict[str, TaskRows]:
    names = sorted({name for name, _ in counted if name is not None})
    return {name: TaskRows(counted[name, Task.DIRECT], counted[name, Task.REFINE]) for name in names}


def _lengths(home: Home, composed: Sequence[StageOutput]) -> list[LengthRow]:
    """Least, median, 95th percentile and most of what direct rows hold, over all domains and by domain."""
    names = ("tokens", "image_width", "image_height")
    tables = []
    for table in read_outputs(home, composed, columns=["domain", "task", "code", *names]):
        table = table.filter(pc.equal(table["task"], Task.DIRECT.value))
        characters = pc.utf8_length(table["code"]).cast(pa.int32())
        tables.append(table.select(["domain", *names]).append_column("characters", characters))
    whole = pa.concat_tables(tables)
    rows = []
    for domain in sorted(set(whole["domain"].to_pylist())):
        part = whole.filter(pc.equal(whole["domain"], domain))
        for name in ("characters", *names):
            low, middle, high, most = np.quantile(part[name].to_numpy(), [0, 0.5, 0.95, 1], method="nearest")
            rows.append(LengthRow(domain, name, int(low), int(middle), int(high), int(most)))
    return rows


def _duplicates(home: Home, stages: Sequence[Sequence[StageOutput]]) -> dict[str, int]:
    """How many rows left as duplicates, by kind."""
    kinds: Counter[str] = Counter()
    rejecting = (output for outputs in stages for output in outputs if output.rows_rejected)
    having = [output for output in rejecting if "duplicates.parquet" in output.files]
    for table in read_outputs(home, having, "duplicates", ["kind"]):
        kinds.update(table["kind"].to_pylist())
    return dict(sorted(kinds.items()))


def compared_counts(facts: CardFacts) -> ComparedCounts:
    """Return what later releases are compared with, for the manifest."""
    reasons: Counter[str] = Counter()
    for row in facts.funnel:
        reasons.update(row.reasons)
    sources = {
        s.name: SourceRows(collected=s.collected, direct=s.released, refine=s.refined) for s in facts.sources
    }
    domains = {name: rows.direct for name, rows in facts.rows_by_domain.items()}
    return ComparedCounts(sources=sources, domains=domains, reasons=dict(reasons))


def funnel_rows(home: Home, stages: Sequence[Sequence[StageOutput]]) -> list[FunnelRow]:
    """Sum up what each stage did over all shards."""
    rows = []
    for outputs in stages:
        reasons: Counter[str] = Counter()
        rejecting = [output for output in outputs if output.rows_rejected]
        for table in read_outputs(home, rejecting, "rejected", ["reason"]):
            reasons.update(table["reason"].to_pylist())
        rows.append(
            FunnelRow(
                stage=outputs[0].stage if outputs else "-",
                rows_in=sum(output.rows_in for output in outputs),
                rows_kept=sum(output.rows_kept for output in outputs),
                rows_rejected=sum(output.rows_rejected for output in outputs),
                reasons=dict(reasons),
                rows_made=sum(output.rows_made for output in outputs),
            )
        )
    return rows
