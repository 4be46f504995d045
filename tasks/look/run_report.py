"""The report of a run as one HTML file: an evaluation's scores and answers, a training run's curves."""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.evaluation import PART_COLUMNS, read_items
from storage.runs import RunRegistry
from storage.whole_file import whole_file
from tasks.look.gallery import PICTURE_BUDGET, afforded_picture
from tasks.look.report import WrittenReport
from vincicoder.look.pages import lone_page
from vincicoder.look.plots import curve_svg
from vincicoder.look.thumbnails import data_uri, thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.home import Home

_SHEET_SIDE = 1600
_OF_EACH_REASON, _OF_EACH_END = 12, 24
_CODE = 1_500  # characters of a program
_EVALUATION = "evaluate"
_SHOWN = (
    *("item_id", *PART_COLUMNS, "code", "answer", "reason", "detail", "image"),
    *("reference_code", "reference_image", "ssim_strict"),
)


def is_run(home: Home, name: str) -> bool:
    """Whether the home's registry has a run of this name."""
    return any(run["run_id"] == name for run in RunRegistry(home).runs())


def write_run_report(home: Home, run_id: str, target: Path) -> WrittenReport:
    """Write the report of a run of the registry to `target`, whole or not at all.

    Raises KeyError, naming the known ones, for a run that is not there, and OSError where `target` cannot be
    written.
    """
    registry = RunRegistry(home)
    run = registry.run(run_id)
    scores: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for score in registry.scores(run_id):
        scores[score["part"]].append(score)
    items = Path(run["folder"]) / "items.parquet"
    answers = (
        _answers(items) if run["kind"] == _EVALUATION and items.exists() else _Answers({}, [], [], Counter())
    )
    html = lone_page(
        "run.html",
        ("look.css", "report.css"),
        ("keys.js", "run.js"),
        run=run,
        scores=scores,
        by_part={
            part: {score["metric"]: score["strict"] for score in found}
            for part, found in scores.items()
            if part != "all"
        },
        settings=json.dumps(run["recipe"], indent=1, sort_keys=True),
        curves=[
            curve_svg(name, points) for name, points in registry.curves(run_id).items() if len(points) > 1
        ],
        sheets=list(_sheets(Path(run["folder"]))),
        answers=answers,
        shown=[*(row for rows in answers.failed.values() for row in rows), *answers.worst, *answers.best],
        limits={"by_reason": _OF_EACH_REASON, "ends": _OF_EACH_END},
    )
    data = html.encode("utf-8", "replace")
    with whole_file(target) as part:
        part.write_bytes(data)
    return WrittenReport(run_id, str(target), len(data), html.count('src="data:image/webp'))


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers to show: those that failed by reason, the least and the most alike of those that drew."""

    failed: dict[str, list[dict[str, Any]]]
    worst: list[dict[str, Any]]
    best: list[dict[str, Any]]
    reasons: Counter[str]


def _answers(path: Path) -> _Answers:
    """Choose in one pass, so that memory holds the chosen rows alone."""
    failed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    reasons: Counter[str] = Counter()
    ends: tuple[list[Any], list[Any]] = ([], [])
    number = count()
    for row in read_items(path, _SHOWN):
        if row["reason"]:
            reasons[row["reason"]] += 1
            if len(failed[row["reason"]]) < _OF_EACH_REASON:
                failed[row["reason"]].append(row)
            continue
        for sign, heap in zip((-1, 1), ends, strict=True):
            place = (sign * (row["ssim_strict"] or 0.0), next(number), row)
            (heapq.heappush if len(heap) < _OF_EACH_END else heapq.heappushpop)(heap, place)
    worst, best = ([row for *_, row in sorted(heap, reverse=True)] for heap in ends)
    left = PICTURE_BUDGET
    shown = [*(row for rows in failed.values() for row in rows), *worst, *best]
    pictures: dict[tuple[str, str], str | None] = {}
    for row in shown:
        for name in ("reference_image", "image"):
            key = (row["item_id"], name)
            if key not in pictures:
                pictures[key], left = afforded_picture(row[name], left)
            row[name.replace("image", "picture")] = pictures[key]
        row["code"] = (row["code"] or row["answer"] or "")[:_CODE]
        row["reference_code"] = (row["reference_code"] or "")[:_CODE]
    return _Answers(dict(sorted(failed.items())), worst, best, reasons)


def _sheets(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the sheets of answers that a run drew, by name."""
    for path in sorted([*folder.glob("sheet.png"), *(folder / "sheets").glob("*.png")])[-8:]:
        small = thumbnail(path.read_bytes(), _SHEET_SIDE)
        if small is not None:
            yield path.stem, data_uri(small)
