"""Bring an evaluation's shards together: one Parquet of all items, the table, the sheet, the registry."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import asdict, dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

from prefect import task

from storage.evaluation import PART_COLUMNS, SHEET_COLUMNS, item_rows, metric_names, read_items
from storage.outputs import read_output
from storage.runs import RunRecord, RunRegistry, ScoreRecord
from storage.whole_file import whole_file, write_parquet
from tasks.stage import TASK_OPTIONS
from vincicoder import __version__
from vincicoder.evaluate.metric import Score
from vincicoder.evaluate.metrics.encoder_metrics import not_measured
from vincicoder.evaluate.report import report_lines
from vincicoder.evaluate.sheet import SheetItem, answer_sheet, chosen_for_sheet
from vincicoder.evaluate.summary import summarise
from vincicoder.render.registry import language_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.evaluate.summary import Summary

KIND = "evaluate"
ALL = "all"


@dataclass(frozen=True, slots=True)
class EvaluatedShard:
    """All outputs of one shard of a benchmark."""

    items: StageOutput
    references: StageOutput
    answers: StageOutput
    drawn: StageOutput
    scores: StageOutput
    judged: StageOutput | None = None

    @property
    def results(self) -> tuple[StageOutput, ...]:
        return (self.scores,) if self.judged is None else (self.scores, self.judged)


def run_id_of(benchmark: str, results: Sequence[StageOutput], model: str) -> str:
    """Return the name of an evaluation: the same answers of a model to the same items, drawn, scored and
    judged alike, have the same one. `model` is empty for a file."""
    keys = [*(output.key for output in results), *([model] if model else [])]
    key = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    return f"{KIND}-{benchmark}-{key[:12]}"


@task(name="publish_evaluation", **TASK_OPTIONS)
def publish_evaluation(
    home: Home,
    *,
    benchmark: str,
    subject: str,
    parent: str | None,
    model: str,
    shards: Sequence[EvaluatedShard],
    answers: Mapping[str, Any],
    encoders: Mapping[str, str],
    flow_run: str,
) -> dict[str, Any]:
    """Write the run's files, enter it in the registry, and return what it came to.

    `subject` says whose answers they are: a file, a checkpoint, a model; `model` distinguishes it. `encoders`
    are the weights by kind that metrics were given. Everything but the registry's times is the same whenever
    it is written.
    """
    run_id = run_id_of(benchmark, [output for shard in shards for output in shard.results], model)
    folder = home.working_path(f"runs/{run_id}")
    write_parquet(folder / "items.parquet", (_rows(home, shard) for shard in shards))
    parts, fingerprints, strict = _summaries(folder / "items.parquet")
    facts = {
        "run_id": run_id,
        "benchmark": benchmark,
        "answers_of": subject,
        "items": parts[ALL]["execution"].items,
        "answers": dict(answers),
        "fingerprints": fingerprints,
        "encoders": dict(encoders),
        "not_measured": not_measured(encoders),
        **(
            {}
            if shards[0].judged is None
            else {"judge": _judge_usage(folder / "items.parquet", shards[0].judged)}
        ),
    }
    _write(folder / "report.md", "\n".join(report_lines(facts, parts)).encode())
    _write(folder / "sheet.png", _sheet(folder / "items.parquet", strict))
    registry = RunRegistry(home)
    registry.start(
        RunRecord(
            run_id=run_id,
            kind=KIND,
            recipe_name=benchmark,
            recipe=facts,
            release=str(shards[0].items.parameters.get("version", "")),
            model=subject,
            parent=parent,
            code_commit="",
            version=__version__,
            flow_run=flow_run,
            folder=str(folder),
        )
    )
    registry.set_scores(
        run_id,
        [
            ScoreRecord(part, name, **asdict(of))
            for part, found in parts.items()
            for name, of in found.items()
        ],
    )
    registry.finish(run_id, "finished", None, None)
    return {
        **facts,
        "folder": str(folder),
        "metrics": _figures(parts[ALL]),
        "parts": {part: _figures(found) for part, found in parts.items() if part != ALL},
    }


def _judge_usage(path: Path, judged: StageOutput) -> dict[str, Any]:
    """Return which model judged, the tokens and cost it took, and how many items each rubric scored."""
    names = [name for name in metric_names(path) if name.startswith("judge_")]
    columns = ["judge_tokens_in", "judge_tokens_out", "judge_cost"]
    rows = list(read_items(path, [*columns, *(f"{name}_strict" for name in names)]))
    return {
        "model": judged.parameters["model"],
        "tokens_in": sum(row["judge_tokens_in"] for row in rows),
        "tokens_out": sum(row["judge_tokens_out"] for row in rows),
        "cost": round(fsum(row["judge_cost"] for row in rows), 9),
        "scored": {name: sum(row[f"{name}_strict"] is not None for row in rows) for name in names},
    }


def _figures(found: Mapping[str, Summary]) -> dict[str, dict[str, float | int | None]]:
    return {
        name: {
            "reference": of.reference,
            "strict": of.strict,
            "low": of.low,
            "high": of.high,
            "items": of.items,
        }
        for name, of in found.items()
    }


def _rows(home: Home, shard: EvaluatedShard) -> pa.Table:
    outputs = (shard.items, shard.references, shard.answers, shard.drawn, *shard.results)
    return item_rows(*(read_output(home, output) for output in outputs))


def scores_of(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Score]:
    """Return the scores in a row of `items.parquet`; only metrics that the item has."""
    return {
        name: Score(row[f"{name}_reference"], row[f"{name}_strict"])
        for name in names
        if row[f"{name}_strict"] is not None
    }


def _summaries(
    path: Path,
) -> tuple[dict[str, dict[str, Summary]], dict[str, str], dict[str, float]]:
    """Return the summaries by part, the fingerprints by renderer, and the items' structural similarity."""
    parts: dict[str, list[dict[str, Score]]] = defaultdict(list)
    fingerprints: dict[str, str] = {}
    strict: dict[str, float] = {}
    names = metric_names(path)
    modes = [f"{name}_{mode}" for name in names for mode in ("reference", "strict")]
    for row in read_items(path, ["item_id", *PART_COLUMNS, "fingerprint", "stack", *modes]):
        scores = scores_of(row, names)
        for part in (ALL, *(f"{column}={row[column]}" for column in PART_COLUMNS if row[column])):
            parts[part].append(scores)
        if row["fingerprint"]:
            fingerprints[language_on(row["language"], row["stack"])] = row["fingerprint"]
        strict[row["item_id"]] = scores["ssim"].strict
    kept = {part: summarise(scores) for part, scores in sorted(parts.items())}
    return {ALL: kept[ALL], **kept}, dict(sorted(fingerprints.items())), strict


def _sheet(path: Path, strict: Mapping[str, float]) -> bytes:
    chosen = chosen_for_sheet(strict)
    wanted = {item for _, item in chosen}
    rows = {row["item_id"]: row for row in read_items(path, SHEET_COLUMNS) if row["item_id"] in wanted}
    return answer_sheet(
        [
            SheetItem(
                place,
                item,
                strict[item],
                rows[item]["reference_image"],
                rows[item]["image"],
                rows[item]["reason"],
            )
            for place, item in chosen
        ]
    )


def _write(target: Path, data: bytes) -> None:
    with whole_file(target) as part:
        part.write_bytes(data)
