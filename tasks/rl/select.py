"""Select: choose an RL set from a published SFT release, and publish it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from prefect import task

from storage.release import read_manifest
from storage.release_facts import data_files, resolve_version
from storage.rl_release import publish_rl_release
from tasks.stage import TASK_OPTIONS
from vincicoder import __version__
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
    from vincicoder.select import ChosenRow, SelectionRecipe

logger = logging.getLogger("vincicoder")

# Of the layout and the rules: a new version makes new releases of the same inputs.
VERSION = 1
_COLUMNS = ("sample_id", "domain", "language", "task", "code", "source", "license")
_COPIED = (*_COLUMNS, "instruction", "image", "image_width", "image_height")
_BATCH_ROWS = 64


class NoRowsError(Exception):
    """Nothing could be chosen."""


@task(name="select", **TASK_OPTIONS)
def build_rl(
    home: Home,
    recipe: SelectionRecipe,
    recipe_name: str,
    *,
    release: str,
    limit: int | None,
    strict: bool,
    rewards: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Publish an RL release and return `release, version, rows, domains, shortfalls, left_out`.

    `rewards` maps sample ids to the rewards of sampled answers; rows without are then no candidates.
    Raises ReleaseNotFoundError, NoRowsError; with `strict`, NoRowsError also for a domain that falls short.
    """
    sft_version = resolve_version(home, "sft", release)
    described = {
        "select": VERSION,
        "sft": sft_version,
        "recipe": recipe.model_dump(mode="json"),
        "limit": limit,
        "rewards": {name: list(values) for name, values in sorted((rewards or {}).items())},
    }
    key = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
    version = f"{recipe_name}-{key[:12]}"
    existing = read_manifest(home, "rl", version)
    if existing is not None:
        home.point("releases/rl/current", version)
        return _result(home, existing)
    files = [
        path for split in ("train", "validation") for path in data_files(home, "sft", sft_version, split)
    ]
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
    counts = Counter(row.split for row in chosen)
    card = selection_card(
        version,
        sft_version,
        chosen,
        shortfalls,
        left_out,
        by_rewards=rewards is not None,
        licenses=Counter(licenses[row.candidate.sample_id] for row in chosen),
        decontaminated=_checked_benchmarks(home, sft_version),
    )
    facts = {
        "sft_release": sft_version,
        "recipe": recipe.model_dump(mode="json"),
        "created_by": f"vincicoder {__version__}: select/{VERSION}",
        "rows": dict(sorted(counts.items())),
        "domains": dict(sorted(Counter(row.candidate.domain for row in chosen).items())),
        "shortfalls": [asdict(gap) for gap in shortfalls],
        "left_out": left_out,
        "difficulty": "rewards" if rewards is not None else "complexity",
    }
    by_split = {split: [row for row in chosen if row.split == split] for split in ("train", "validation")}
    manifest = publish_rl_release(
        home,
        version,
        {split: len(rows) for split, rows in by_split.items()},
        lambda split: _rows(files, by_split[split], split),
        facts,
        card,
    )
    return _result(home, manifest)


def _result(home: Home, manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "release": home.path(f"releases/rl/{manifest['version']}"),
        "rows": sum(manifest["rows"].values()),
        **{name: manifest[name] for name in ("version", "sft_release", "domains", "shortfalls", "left_out")},
    }


def read_candidates(
    files: Sequence[Path], rewards: Mapping[str, Sequence[float]] | None
) -> tuple[list[Candidate], dict[str, str]]:
    """Read the direct rows of a release, codes one row group at a time."""
    rows: list[tuple[str, str, str, str, int, int]] = []
    licenses: dict[str, str] = {}
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            cluster = "cluster_id" if "cluster_id" in file.schema_arrow.names else "phash"
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=[*_COLUMNS, cluster], use_threads=False)
                for row in table.to_pylist():
                    if row["task"] != "direct" or (rewards is not None and row["sample_id"] not in rewards):
                        continue
                    licenses[row["sample_id"]] = row["license"]
                    complexity = structural_complexity(row["language"], row["code"])
                    rows.append(
                        (
                            row["sample_id"],
                            row["domain"],
                            row["language"],
                            str(row[cluster]),
                            len(row["code"]),
                            complexity,
                        )
                    )
    if rewards is not None:
        difficulties = difficulty_by_rewards([rewards[row[0]] for row in rows])
    else:
        difficulties = difficulty_by_rank([(row[1], row[2]) for row in rows], [row[5] for row in rows])
    found = [
        Candidate(sample_id, domain, cluster, characters, difficulty)
        for (sample_id, domain, _, cluster, characters, _), difficulty in zip(rows, difficulties, strict=True)
    ]
    return found, licenses


def _rows(files: Sequence[Path], chosen: Sequence[ChosenRow], split: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the chosen rows in the release's order, numbered, a few images at a time."""
    wanted = {row.candidate.sample_id: row for row in chosen}
    index = 0
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=list(_COPIED), use_threads=False):
                made = []
                for row in batch.to_pylist():
                    pick = wanted.get(row["sample_id"])
                    if pick is None:
                        continue
                    made.append(
                        rl_row(
                            row,
                            index=index,
                            split=split,
                            stratum=pick.stratum,
                            difficulty=pick.candidate.difficulty.value,
                        )
                    )
                    index += 1
                if made:
                    yield made


def _checked_benchmarks(home: Home, sft_version: str) -> str:
    """What the SFT release's manifest says of the benchmarks that its rows were checked against."""
    manifest = read_manifest(home, "sft", sft_version) or {}
    checked = manifest.get("benchmarks_checked") or []
    return ", ".join(checked) if checked else "the SFT release was checked against none."
