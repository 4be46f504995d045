"""Fills the quotas: deterministic, spread over difficulty, one row a cluster."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from vincicoder.data_files import MOST_PACKED
from vincicoder.select.difficulty import Difficulty
from vincicoder.select.recipe import SelectionRecipe


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may be chosen. Rows of one `cluster` are near-duplicates of one another.

    `split` is the row's side in the SFT release, which it keeps: a model that was fine-tuned there has
    seen the training rows, so none of them may measure it. `data_characters` is the length of its
    packed data.
    """

    sample_id: str
    domain: str
    cluster: str
    code_characters: int
    difficulty: Difficulty
    split: str = "train"
    data_characters: int = 0


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """A row that was chosen, and its band of difficulty (0 is the easiest)."""

    candidate: Candidate
    stratum: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A domain that had fewer rows than its quota."""

    domain: str
    wanted: int
    found: int


def select_rows(
    candidates: Sequence[Candidate], recipe: SelectionRecipe, rows: int | None = None
) -> tuple[list[ChosenRow], list[Shortfall], dict[str, int]]:
    """Return the chosen rows (by domain, then sample id), the domains that fell short, and how many
    candidates were left out for each reason.

    `rows` lowers the recipe's total. Which of a cell's rows are taken is decided by a hash of seed and
    sample id, so it depends neither on the candidates' order nor, for most rows, on which others there are.
    """
    left_out: dict[str, int] = defaultdict(int)
    by_domain: dict[str, list[Candidate]] = defaultdict(list)
    taken_clusters: set[str] = set()
    quotas = recipe.quotas(rows)
    for candidate in sorted(candidates, key=lambda row: _rank(recipe.seed, row.sample_id)):
        reason = _why_not(candidate, recipe, quotas)
        if reason is None and candidate.cluster in taken_clusters:
            reason = "same_cluster"
        if reason is not None:
            left_out[reason] += 1
            continue
        taken_clusters.add(candidate.cluster)
        by_domain[candidate.domain].append(candidate)
    chosen: list[ChosenRow] = []
    shortfalls: list[Shortfall] = []
    for domain, quota in sorted(quotas.items()):
        picked = _pick(by_domain[domain], quota, recipe)
        if len(picked) < quota:
            shortfalls.append(Shortfall(domain, quota, len(picked)))
        left_out["over_quota"] += len(by_domain[domain]) - len(picked)
        chosen += [ChosenRow(row, stratum) for row, stratum in picked]
    chosen.sort(key=lambda row: (row.candidate.domain, row.candidate.sample_id))
    return chosen, shortfalls, {reason: count for reason, count in sorted(left_out.items()) if count}


def _why_not(candidate: Candidate, recipe: SelectionRecipe, quotas: dict[str, int]) -> str | None:
    if candidate.domain not in quotas:
        return "other_domain"
    if candidate.code_characters > recipe.max_code_characters:
        return "too_long"
    if candidate.data_characters > MOST_PACKED:
        return "data_too_large"
    difficulty = candidate.difficulty
    if difficulty.mean is not None:
        if difficulty.mean > recipe.max_mean:
            return "always_solved"
        if difficulty.mean < recipe.min_mean:
            return "never_solved"
        if difficulty.spread is not None and difficulty.spread < recipe.min_spread:
            return "no_spread"
    return None


def _pick(rows: Sequence[Candidate], quota: int, recipe: SelectionRecipe) -> list[tuple[Candidate, int]]:
    """Take the recipe's share of validation rows, as far as there are any, and train rows for the rest."""
    held_out = [row for row in rows if row.split == "validation"]
    validation = _fill(held_out, round(quota * recipe.validation), recipe.strata)
    train = [row for row in rows if row.split != "validation"]
    return _fill(train, quota - len(validation), recipe.strata) + validation


def _fill(rows: Sequence[Candidate], quota: int, strata: int) -> list[tuple[Candidate, int]]:
    """Take rows band by band, one of each in turn, until the quota is full or nothing is left."""
    bands: list[list[Candidate]] = [[] for _ in range(strata)]
    for row in rows:
        bands[min(int(row.difficulty.value * strata), strata - 1)].append(row)
    picked: list[tuple[Candidate, int]] = []
    depth = 0
    while len(picked) < quota and any(depth < len(band) for band in bands):
        for stratum, band in enumerate(bands):
            if depth < len(band) and len(picked) < quota:
                picked.append((band[depth], stratum))
        depth += 1
    return picked


def _rank(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()
