"""The whole search: edges of every kind, one decision over all of them, one clustering."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.clusters import cluster_rows
from vincicoder.dedup.keepers import REMOVED, UNDECIDED, Decisions, Kind, decide
from vincicoder.dedup.near_code import (
    NEAR_CODE,
    PERMUTATIONS,
    SAME_TEMPLATE,
    NearCodeLimits,
    Signatures,
    near_code_edges,
    pair_numbers,
)
from vincicoder.dedup.near_image import NEAR_IMAGE, Hashes, near_image_edges
from vincicoder.dedup.pairs import Edges, RowNumbers, SearchBudget, same_key_pairs
from vincicoder.dedup.pictures import NearImageLimits, Thumbnails

# Better rows that a row looks for in one pass: see `SearchBudget`.
_QUOTA = 16

# 128 values estimate a similarity of 0.8 with a standard error of 0.035: within 0.1 of the limit, 2.8
# of them, the sets of shingles themselves are compared.
_UNSURE = 0.1

TrueSimilarity = Callable[[RowNumbers, RowNumbers], NDArray[np.float32]]
"""Given pairs of rows, the Jaccard similarities (0 to 1) of their programs' sets of shingles."""


@dataclass(frozen=True, slots=True)
class DuplicateLimits:
    """What counts as a duplicate, and how many rows of one template may stay.

    `template` is asked of programs whose names and literals were abstracted: the same plot with other
    numbers. Such rows are no duplicates: they share a `cluster_id`, and one is removed only when
    `max_same_template` rows that stay are like it. 0 lets all stay.
    """

    image: NearImageLimits = NEAR_IMAGE
    code: NearCodeLimits = NEAR_CODE
    template: NearCodeLimits = SAME_TEMPLATE
    max_same_template: int = 10


@dataclass(frozen=True, slots=True)
class Signed:
    """The signatures of n rows in order of preference: of two duplicates the earlier row stays.

    `pixel_groups` (n,) are equal for equal pixels; `phashes` (n,); `thumbnails` (n, 768); `code` and
    `template` (n, 128) are the MinHash signatures of the program and of its abstracted form.
    """

    pixel_groups: NDArray[np.int64]
    phashes: Hashes
    thumbnails: Thumbnails
    code: Signatures
    template: Signatures


@dataclass(frozen=True, slots=True)
class Found:
    """`decisions` over all rows, none undecided; `clusters` (n,) names each row's cluster by a row.

    `seconds` holds the CPU seconds of each part of the search; it decides nothing.
    """

    decisions: Decisions
    clusters: RowNumbers
    passes: int
    seconds: dict[str, float]


@dataclass(slots=True)
class _Pass:
    """What one pass over the rows found."""

    edges: dict[Kind, Edges]
    cut_short: NDArray[np.bool_]


@dataclass(slots=True)
class _Search:
    signed: Signed
    limits: DuplicateLimits
    true_similarity: TrueSimilarity
    known_false: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, rows: RowNumbers, wanted: NDArray[np.bool_]) -> _Pass:
        """Find edges among `rows` that lead to `wanted` rows."""
        limits, signed = self.limits, self.signed
        per_kind = {kind: SearchBudget(wanted, _QUOTA) for kind in Kind}
        per_kind[Kind.SAME_TEMPLATE] = SearchBudget(wanted, max(_QUOTA, 4 * limits.max_same_template))
        searches: dict[Kind, Callable[[SearchBudget], Edges]] = {
            Kind.EXACT_IMAGE: lambda budget: _same_pixels(signed.pixel_groups, rows, budget),
            Kind.NEAR_IMAGE: lambda budget: near_image_edges(
                signed.phashes, signed.thumbnails, rows, limits.image, budget
            ),
            Kind.NEAR_CODE: lambda budget: self._near_code(rows, budget),
            Kind.SAME_TEMPLATE: lambda budget: self._same_template(rows, budget),
        }
        edges: dict[Kind, Edges] = {}
        for kind, search in searches.items():
            with self.timed(kind.name.lower()):
                edges[kind] = search(per_kind[kind])
        return _Pass(edges, np.logical_or.reduce([budget.filled for budget in per_kind.values()]))

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.process_time() - started

    def _same_template(self, rows: RowNumbers, budget: SearchBudget) -> Edges:
        limits, signed = self.limits.template, self.signed
        edges = near_code_edges(
            signed.template,
            signed.phashes,
            signed.thumbnails,
            rows,
            limits,
            budget,
            least_matches=_matches(limits.jaccard),
        )
        return _in_percent(edges)

    def _near_code(self, rows: RowNumbers, budget: SearchBudget) -> Edges:
        """Edges between like programs; where the estimate is not sure, the programs are compared."""
        limits, signed = self.limits.code, self.signed
        likely = near_code_edges(
            signed.code,
            signed.phashes,
            signed.thumbnails,
            rows,
            limits,
            budget,
            least_matches=_matches(limits.jaccard - _UNSURE),
            known_false=self.known_false,
        )
        sure = likely.distance <= PERMUTATIONS - _matches(limits.jaccard + _UNSURE)
        unsure = likely.where(~sure)
        similarity = self.true_similarity(unsure.first, unsure.second)
        holds = similarity >= limits.jaccard
        false = pair_numbers(unsure.where(~holds), len(signed.phashes))
        self.known_false = np.union1d(self.known_false, false)
        apart = np.round(100 * (1 - similarity)).astype(np.int32)
        return Edges.join(
            [_in_percent(likely.where(sure)), replace(unsure, distance=apart).where(holds)],
        )


def find_duplicates(signed: Signed, limits: DuplicateLimits, true_similarity: TrueSimilarity) -> Found:
    """Return which rows leave, for which, and the clusters of those that stay."""
    count = len(signed.phashes)
    decisions = Decisions.open(count)
    search = _Search(signed, limits, true_similarity)
    strict: list[Edges] = []
    loose: list[Edges] = []
    passes = 0
    while (undecided := decisions.state == UNDECIDED).any():
        found = search.run(np.flatnonzero(decisions.state != REMOVED), undecided)
        with search.timed("keepers"):
            decide(decisions, found.edges, found.cut_short, limits.max_same_template)
        loose.append(found.edges.pop(Kind.SAME_TEMPLATE))
        strict.extend(found.edges.values())
        passes += 1
    stays = decisions.state != REMOVED
    with search.timed("clusters"):
        clusters = cluster_rows(stays, Edges.join(strict), Edges.join(loose))
    return Found(decisions, clusters, passes, search.seconds)


def _same_pixels(groups: NDArray[np.int64], rows: RowNumbers, budget: SearchBudget) -> Edges:
    found: list[Edges] = []
    for first, second in same_key_pairs(groups[rows].astype(np.uint64), rows, budget):
        budget.found(second)
        found.append(Edges(first, second, np.zeros(first.shape, np.int32)))
    return Edges.join(found)


def _matches(similarity: float) -> int:
    """How many of the signature's values agree, at least, at an estimated similarity."""
    return int(np.ceil(similarity * PERMUTATIONS))


def _in_percent(edges: Edges) -> Edges:
    """Turn values that differ into percent of dissimilarity."""
    return replace(edges, distance=np.round(edges.distance * (100 / PERMUTATIONS)).astype(np.int32))
