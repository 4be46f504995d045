"""Select: choose an RL set from a published SFT release, and publish it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from prefect import task

from storage.home import open_local_parquet
from storage.manifest import ComparedCounts, RlManifest, SourceRows
from storage.release import SPLITS, finish_release, read_manifest, release_folder
from storage.release_check import whole_release
from storage.release_facts import data_files, resolve_version
from storage.rl_release import write_rl_files
from tasks.gate import pass_gate
from tasks.packed_data import packed_data
from tasks.stage import TASK_OPTIONS
from vincicoder import __version__
from vincicoder.sample import UserError
from vincicoder.select import (
    Candidate,
    difficulty_by_rank,
    difficulty_by_rewards,
    select_rows,
    structural_complexity,
)
from vincicoder.select.card import selection_card
from vincicoder.select.layouts import rl_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from storage.home import Home
    from storage.manifest import SftManifest
    from vincicoder.gate import GateLimits
    from vincicoder.select import ChosenRow, SelectionRecipe

logger = logging.getLogger("vincicoder")

# Of the layout and the rules: a new version makes new releases of the same inputs.
VERSION = 6
_COLUMNS = ("sample_id", "domain", "language", "task", "code", "source", "license")
_COPIED = (*_COLUMNS, "instruction", "image", "image_width", "image_height", "stack", "data_files")
_BATCH_ROWS = 64


class NoRowsError(UserError):
    """Nothing could be chosen."""


class OldReleaseError(UserError):
    """The release lacks a column that the selection needs."""


@task(name="select", **TASK_OPTIONS)
def build_rl(
    home: Home,
    recipe: SelectionRecipe,
    recipe_name: str,
    *,
    release: str,
    limit: int | None,
    strict: bool,
    gate: GateLimits | None,
    rewards: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Publish an RL release and return `release, version, rows, domains, shortfalls, left_out, refused`.

    It does not become the current one where it lost more against that one than `gate` allows: `refused` says
    what; None lets every release pass. `rewards` maps sample ids to the rewards of sampled answers; rows
    without are then no candidates.
    Raises ReleaseNotFoundError, NoRowsError; with `strict`, NoRowsError also for a domain that falls short.
    """
    sft_version = resolve_version(home, "sft", release)
    described = {
        "select": VERSION,
        "sft": sft_version,
        "recipe": recipe.chooses_by(),
        "limit": limit,
        "rewards": {name: list(values) for name, values in sorted((rewards or {}).items())},
    }
    key = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
    version = f"{recipe_name}-{key[:12]}"
    existing = whole_release(home, "rl", version)
    if existing is not None:
        return _result(home, existing, pass_gate(home, "rl", version, gate))
    sft = read_manifest(home, "sft", sft_version)
    assert sft is not None, "resolve_version has seen it"
    files = {split: data_files(home, "sft", sft_version, split) for split in SPLITS}
    candidates, licenses = read_candidates(files, rewards)
    chosen, shortfalls, left_out = select_rows(candidates, recipe, limit)
    if not chosen or (strict and shortfalls):
        short = "; ".join(f"{gap.domain} {gap.found} of {gap.wanted}" for gap in shortfalls)
        raise NoRowsError(
            f"release {sft_version} does not fill the recipe {recipe_name} ({short or 'no direct rows'}; "
            f"left out: {left_out}). Lower `rows`, change the shares, or build a larger SFT release"
        )
    for gap in shortfalls:
        logger.warning("domain %s falls short: %d rows of %d wanted", gap.domain, gap.found, gap.wanted)
    counts = Counter(row.candidate.split for row in chosen)
    card = selection_card(
        version,
        sft_version,
        chosen,
        shortfalls,
        left_out,
        by_rewards=rewards is not None,
        licenses=Counter(licenses[row.candidate.sample_id] for row in chosen),
        benchmarks_checked=sft.benchmarks_checked,
    )
    by_split = {split: [row for row in chosen if row.candidate.split == split] for split in SPLITS}
    written = write_rl_files(
        home,
        version,
        {split: len(rows) for split, rows in by_split.items()},
        lambda split: _rows(files[split], by_split[split], split),
        card,
        {licenses[row.candidate.sample_id] for row in chosen},
    )
    manifest = RlManifest(
        version=version,
        created_by=f"vincicoder {__version__}: select/{VERSION}",
        config={"recipe": recipe.chooses_by(), "limit": limit},
        benchmarks_checked=sft.benchmarks_checked,
        rows=dict(sorted(counts.items())),
        files=tuple(written),
        sft_release=sft_version,
        domains=dict(sorted(Counter(row.candidate.domain for row in chosen).items())),
        shortfalls=tuple(asdict(gap) for gap in shortfalls),
        left_out=left_out,
        difficulty="rewards" if rewards is not None else "complexity",
        counts=_compared_counts(sft, chosen),
    )
    finish_release(home, manifest)
    return _result(home, manifest, pass_gate(home, "rl", version, gate))


def _compared_counts(sft: SftManifest, chosen: Sequence[ChosenRow]) -> ComparedCounts:
    """Count what the next set is compared by. Sources are counted in the SFT release: of which ones a quota
    takes rows is chance."""
    sources = {} if sft.counts is None else sft.counts.sources
    return ComparedCounts(
        sources={
            name: SourceRows(collected=0, direct=rows.direct, refine=0) for name, rows in sources.items()
        },
        domains=dict(sorted(Counter(row.candidate.domain for row in chosen).items())),
        reasons={},
    )


def _result(home: Home, manifest: RlManifest, refused: list[str]) -> dict[str, Any]:
    return {
        "release": home.path(release_folder("rl", manifest.version)),
        "version": manifest.version,
        "rows": sum(manifest.rows.values()),
        "sft_release": manifest.sft_release,
        "domains": manifest.domains,
        "shortfalls": list(manifest.shortfalls),
        "left_out": manifest.left_out,
        "refused": refused,
    }


def read_candidates(
    files: Mapping[str, Sequence[Path]], rewards: Mapping[str, Sequence[float]] | None
) -> tuple[list[Candidate], dict[str, str]]:
    """Read the direct rows of a release's files by split, codes one row group at a time.

    Raises `OldReleaseError` where the files have no `cluster_id`.
    """
    rows: list[tuple[str, str, str, str, int, int, str]] = []
    data: dict[str, int] = {}
    licenses: dict[str, str] = {}
    for split, path in ((split, path) for split, paths in files.items() for path in paths):
        with open_local_parquet(path) as file:
            if "cluster_id" not in file.schema_arrow.names:
                raise OldReleaseError(
                    f"{path} has no column cluster_id: it was published by an earlier version. "
                    "`vincicoder build sft` on the same home publishes it again without rendering"
                )
            wanted = [
                name for name in (*_COLUMNS, "cluster_id", "data_files") if name in file.schema_arrow.names
            ]
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=wanted, use_threads=False)
                for row in table.to_pylist():
                    if row["task"] != "direct" or (rewards is not None and row["sample_id"] not in rewards):
                        continue
                    licenses[row["sample_id"]] = row["license"]
                    if row.get("data_files"):
                        data[row["sample_id"]] = len(packed_data(path, row))
                    complexity = structural_complexity(row["language"], row["code"])
                    rows.append(
                        (
                            row["sample_id"],
                            row["domain"],
                            row["language"],
                            row["cluster_id"],
                            len(row["code"]),
                            complexity,
                            split,
                        )
                    )
    if rewards is not None:
        difficulties = difficulty_by_rewards([rewards[row[0]] for row in rows])
    else:
        difficulties = difficulty_by_rank([(row[1], row[2]) for row in rows], [row[5] for row in rows])
    found = [
        Candidate(sample_id, domain, cluster, characters, difficulty, split, data.get(sample_id, 0))
        for (sample_id, domain, _, cluster, characters, _, split), difficulty in zip(
            rows, difficulties, strict=True
        )
    ]
    return found, licenses


def _rows(files: Sequence[Path], chosen: Sequence[ChosenRow], split: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the chosen rows in the release's order, numbered, a few images at a time."""
    wanted = {row.candidate.sample_id: row for row in chosen}
    index = 0
    for path in files:
        with open_local_parquet(path) as file:
            columns = [name for name in _COPIED if name in file.schema_arrow.names]  # older ones lack a stack
            for batch in file.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
                made = []
                for row in batch.to_pylist():
                    pick = wanted.get(row["sample_id"])
                    if pick is None:
                        continue
                    made.append(
                        rl_row(
                            {**row, "data": packed_data(path, row)},
                            index=index,
                            split=split,
                            stratum=pick.stratum,
                            difficulty=pick.candidate.difficulty.value,
                        )
                    )
                    index += 1
                if made:
                    yield made
