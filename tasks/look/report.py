"""The report of a release: one HTML file that needs no other, with pictures, plots and filters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.diff import ReleaseDiff, diff_releases
from storage.manifest import RlManifest, SftManifest, load_manifest
from storage.pictures import home_of
from storage.sql import open_locked
from storage.whole_file import whole_file
from tasks.look.facts import gather_facts
from tasks.look.gallery import BY_REASON, BY_SOURCE, PICTURE_BUDGET, gather_gallery
from tasks.look.rl_report import make_rl_report
from vincicoder.look.pages import lone_page
from vincicoder.look.plots import histogram_svg
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.look.facts import Facts

_MEMORY = "2GB"  # of questions to the catalogue

_SECTIONS = (
    ("funnel-section", "Funnel"),
    ("refused", "Rejected"),
    ("kept", "Released"),
    ("duplicates", "Duplicates"),
    ("refined", "Refinement"),
    ("thresholds", "Thresholds"),
    ("sources", "Sources"),
    ("lengths", "Lengths and times"),
    ("benchmarks", "Benchmarks"),
    ("comparison", "Comparison"),
    ("build", "Build"),
)


class NoReportError(UserError):
    """There is no report of this kind of release."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """This release beside another one: `reasons` and `sources` are (name, rows there, rows here)."""

    other: str
    diff: ReleaseDiff
    reasons: list[tuple[str, int, int]]
    sources: list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report that is there now. `pictures` is how many it shows."""

    release: str
    path: str
    bytes: int
    pictures: int


def write_report(folder: Path, target: Path, compare: Path | None = None) -> WrittenReport:
    """Write the report of the release in `folder` to `target`, whole or not at all.

    `compare` is the folder of another release: of two SFT releases a report shows what changed. Raises
    FileNotFoundError or ManifestError for a folder that is no release, NoReportError where one of two is an
    RL set, OSError where `target` cannot be written.
    """
    folder = folder.resolve()
    manifest = load_manifest(folder)
    if isinstance(manifest, RlManifest) and compare is None:
        html = make_rl_report(folder, manifest)
    else:
        html = make_report(folder, compare.resolve() if compare is not None else None)
    data = html.encode("utf-8", "replace")
    with whole_file(target) as part:
        part.write_bytes(data)
    return WrittenReport(folder.name, str(target), len(data), html.count('src="data:image/webp'))


def make_report(folder: Path, compare: Path | None) -> str:
    """Return the report of the release in `folder` as HTML."""
    manifest = _sft_manifest(folder)
    with open_locked(folder, _MEMORY) as database:
        facts = gather_facts(database, manifest)
        gallery = gather_gallery(database, home_of(folder), PICTURE_BUDGET)
    comparison = None if compare is None else _compare(facts, compare, folder)
    reasons: Counter[str] = Counter()
    for row in facts.cube:
        if row["fate"] == "rejected":
            reasons[row["reason"]] += row["rows"]
    return lone_page(
        "report.html",
        ("look.css", "report.css"),
        ("keys.js", "report.js"),
        facts=facts,
        gallery=gallery,
        comparison=comparison,
        sections=[each for each in _SECTIONS if each[0] != "comparison" or comparison is not None],
        choices={name: _choices(facts, name) for name in ("domain", "source", "language", "reason")},
        reasons=dict(reasons),
        collected=sum(row["collected"] or 0 for row in facts.sources),
        released=facts.counted(fate="released", task="direct"),
        refined=facts.counted(fate="released", task="refine"),
        rejected=facts.counted(fate="rejected"),
        limits={"by_reason": BY_REASON, "by_source": BY_SOURCE},
        histogram=histogram_svg,
    )


def _sft_manifest(folder: Path) -> SftManifest:
    manifest = load_manifest(folder)
    if not isinstance(manifest, SftManifest):
        raise NoReportError(f"{folder} is an RL release: only SFT releases are compared here")
    return manifest


def _choices(facts: Facts, name: str) -> list[str]:
    return sorted({row[name] for row in facts.cube if row[name]})


def _compare(facts: Facts, other: Path, folder: Path) -> Comparison:
    manifest = _sft_manifest(other)
    with open_locked(other, _MEMORY) as database:
        there = gather_facts(database, manifest)
    return Comparison(
        other=manifest.version,
        diff=diff_releases(other, folder),
        reasons=_side_by_side(there.cube, facts.cube, "reason", "rejected"),
        sources=_side_by_side(there.cube, facts.cube, "source", "released"),
    )


def _side_by_side(
    there: list[dict[str, Any]], here: list[dict[str, Any]], name: str, fate: str
) -> list[tuple[str, int, int]]:
    counts = []
    for cube in (there, here):
        counted: Counter[str] = Counter()
        for row in cube:
            if row["fate"] == fate:
                counted[row[name]] += row["rows"]
        counts.append(counted)
    return [(each, counts[0][each], counts[1][each]) for each in sorted({*counts[0], *counts[1]})]
