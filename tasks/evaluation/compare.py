"""Compare two evaluations that this home keeps."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.evaluation import PART_COLUMNS, metric_names, read_items
from storage.runs import RunRegistry
from tasks.evaluation.publish import KIND
from vincicoder.evaluate.comparison import compare_scores
from vincicoder.evaluate.metrics import METRICS, encoder_metrics
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.home import Home

_LOWER_IS_BETTER = frozenset(
    name
    for names, worst, best in (
        *((metric.names, metric.worst, metric.best) for metric in METRICS),
        *encoder_metrics.BOUNDS,
    )
    if best < worst
    for name in names
)


class NotComparableError(UserError):
    """A run is no evaluation, or two have no item in common."""


def compare_runs(home: Home, first: str, second: str) -> dict[str, Any]:
    """Compare two runs over the items that both have, as a whole, by domain and by every other part.

    Returns `run_a, run_b, items, only_a, only_b, fingerprints_differ, models_differ`, and by name `metrics`,
    `domains` of metrics and `parts` of metrics, such as `difficulty=hard` (see
    `vincicoder.evaluate.comparison.Difference`). Raises NotComparableError.
    """
    runs = [_run(home, run) for run in (first, second)]
    names = [run["recipe_name"] for run in runs]
    if names[0] != names[1]:  # ids such as `1` are no one benchmark's
        raise NotComparableError(f"run {first} is of benchmark {names[0]}, run {second} of {names[1]}")
    rows = [_rows(run) for run in runs]
    common = [item for item in rows[0] if item in rows[1]]
    if not common:
        raise NotComparableError(
            f"runs {first} and {second} have no item in common: they are of different parts or releases"
        )
    parts = {column: _by_value(rows, common, column) for column in PART_COLUMNS}
    return {
        "run_a": first,
        "run_b": second,
        "items": len(common),
        "only_a": len(rows[0]) - len(common),
        "only_b": len(rows[1]) - len(common),
        "fingerprints_differ": _changed_renderers(rows, common),
        "models_differ": _changed_models(runs),
        "metrics": _differences(rows, common),
        "domains": parts["domain"],
        "parts": {
            f"{column}={value}": differences
            for column, by_value in parts.items()
            if column != "domain"
            for value, differences in by_value.items()
        },
    }


def _by_value(
    rows: Sequence[dict[str, dict[str, Any]]], common: Sequence[str], column: str
) -> dict[str, dict[str, Any]]:
    """Compare the items of each value of a column; an empty value is no part."""
    values = sorted({rows[0][item].get(column) or "" for item in common} - {""})
    return {
        value: _differences(rows, [item for item in common if rows[0][item].get(column) == value])
        for value in values
    }


def _run(home: Home, run_id: str) -> dict[str, Any]:
    try:
        run = RunRegistry(home).run(run_id)
    except KeyError as error:
        raise NotComparableError(str(error.args[0])) from error
    if run["kind"] != KIND:
        raise NotComparableError(f"run {run_id} is of kind {run['kind']!r}; only evaluations are compared")
    return run


def _rows(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    path = Path(run["folder"]) / "items.parquet"
    columns = ["item_id", *PART_COLUMNS, "stack", "fingerprint"]
    columns += [f"{name}_strict" for name in metric_names(path)]
    return {row["item_id"]: row for row in read_items(path, columns)}


def _changed_models(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return which encoders and judges of both runs are others: the scores that they give are not
    comparable."""
    named = [
        {**run["recipe"].get("encoders", {}), "judge": run["recipe"].get("judge", {}).get("model")}
        for run in runs
    ]
    both = [name for name in named[0] if named[0][name] and named[1].get(name)]
    return sorted(name for name in both if named[0][name] != named[1][name])


def _changed_renderers(rows: Sequence[dict[str, dict[str, Any]]], common: Sequence[str]) -> list[str]:
    """Return the languages that the two runs drew by different renderers: their scores are not comparable.

    Of a language with stacks, one answer may be of another year than the other: what counts is that each
    stack was the same in both, and that they share one.
    """
    drawn: list[dict[str, dict[str, str]]] = [{}, {}]
    for of_run, one in zip(drawn, rows, strict=True):
        for item in common:
            row = one[item]
            if row["fingerprint"]:
                of_run.setdefault(row["language"], {})[row.get("stack") or ""] = row["fingerprint"]
    return sorted(
        language
        for language in drawn[0].keys() & drawn[1].keys()
        if _differ(drawn[0][language], drawn[1][language])
    )


def _differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    shared = one.keys() & other.keys()
    return not shared or any(one[stack] != other[stack] for stack in shared)


def _shared_metrics(rows: Sequence[dict[str, dict[str, Any]]]) -> list[str]:
    """Return the metrics that both runs have, in their order."""
    first, second = (next(iter(one.values())) for one in rows)
    names = [name.removesuffix("_strict") for name in first if name.endswith("_strict")]
    return [name for name in names if f"{name}_strict" in second]


def _differences(rows: Sequence[dict[str, dict[str, Any]]], items: Sequence[str]) -> dict[str, Any]:
    scores = {}
    for name in _shared_metrics(rows):
        column = f"{name}_strict"
        both = [item for item in items if all(one[item].get(column) is not None for one in rows)]
        if both:
            scores[name] = tuple([one[item][column] for item in both] for one in rows)
    return {name: asdict(found) for name, found in compare_scores(scores, _LOWER_IS_BETTER).items()}  # type: ignore[arg-type]
