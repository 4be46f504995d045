"""The report of an RL set as one HTML file: how many rows of what, how hard, and some of each domain."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from storage.release import data_rows
from tasks.look.gallery import PICTURE_BUDGET, afforded_picture
from vincicoder.look.pages import lone_page
from vincicoder.look.plots import Histogram, histogram_svg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.manifest import RlManifest

_OF_EACH_DOMAIN = 24
_MOST_ROWS = 480  # of the gallery, however many domains there are
_BINS = 20
_CODE = 1_500  # characters of a program
_COUNTED = ("sample_id", "domain", "language", "source", "license", "difficulty", "stratum")
_SHOWN = (*_COUNTED, "images", "problem", "reward_model")


def make_rl_report(folder: Path, manifest: RlManifest) -> str:
    """Return the report of the RL release in `folder` as HTML: two passes, the first without pictures."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("domain", "language", "source", "license", "stratum")
    }
    difficulty: dict[str, list[int]] = defaultdict(lambda: [0] * _BINS)
    chosen: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in _rows(folder, _COUNTED):
        for name, counted in counts.items():
            counted[str(row[name])] += 1
        difficulty[row["domain"]][min(int(row["difficulty"] * _BINS), _BINS - 1)] += 1
        # The rows whose ids come first: the same every time, spread over sources and bands.
        place = (-int(row["sample_id"][:15], 16), row["sample_id"])
        kept = chosen[row["domain"]]
        (heapq.heappush if len(kept) < _OF_EACH_DOMAIN else heapq.heappushpop)(kept, place)
    wanted = sorted(sample_id for kept in chosen.values() for _, sample_id in kept)[:_MOST_ROWS]
    return lone_page(
        "rl.html",
        ("look.css", "report.css"),
        ("keys.js", "run.js"),
        manifest=manifest,
        rows=sum(manifest.rows.values()),
        counts=counts,
        plots=[
            histogram_svg(Histogram(domain, 0.0, 1.0, ("easy", "hard"), bins))
            for domain, bins in sorted(difficulty.items())
        ],
        gallery=_gallery(folder, set(wanted)),
        of_each=_OF_EACH_DOMAIN,
    )


def _gallery(folder: Path, wanted: set[str]) -> dict[str, list[dict[str, Any]]]:
    left = PICTURE_BUDGET
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(folder, _SHOWN):
        if row["sample_id"] not in wanted:
            continue
        picture, left = afforded_picture(row["images"][0]["bytes"], left)
        code = row["reward_model"]["ground_truth"][:_CODE]
        groups[row["domain"]].append({**row, "images": None, "picture": picture, "code": code})
    return {
        domain: sorted(rows, key=lambda row: (row["difficulty"], row["sample_id"]))
        for domain, rows in sorted(groups.items())
    }


def _rows(folder: Path, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    return data_rows(sorted((folder / "data").glob("*.parquet")), columns)
