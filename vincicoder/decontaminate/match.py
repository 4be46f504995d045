"""Which rows match an item of a benchmark: the same, a similar or a renamed program, or the same picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vincicoder.dedup.minhash import jaccard, program_shingles
from vincicoder.dedup.near_code import BANDS, PERMUTATIONS, Signatures, band_keys
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

THUMBNAIL_BYTES = 16 * 16 * 3

# The estimate from 128 values may be this far below the truth (2.8 standard errors at 0.8).
_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class DecontaminationLimits:
    """What counts as a leak. More is removed than in deduplication: a lost row costs little, a leak much.

    `jaccard` is the least similarity of the programs' shingles, `unnamed_jaccard` that without the
    author's names; `radius` the largest Hamming distance of the pHashes and `colour_levels` the
    largest mean difference (of 255) of the thumbnails.
    """

    jaccard: float = 0.8
    unnamed_jaccard: float = 0.9
    radius: int = 4
    colour_levels: float = 6.0


@dataclass(frozen=True, slots=True)
class SignedRow:
    """A row to check. Signatures are uint16 of shape (128,), the thumbnail uint8 of shape (768,)."""

    code: str
    language: str
    normal_sha256: str
    code_minhash: NDArray[np.uint16]
    unnamed_minhash: NDArray[np.uint16]
    phash: int
    thumbnail: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """What a row has in common with an item; the smallest of several is reported.

    `kind`: exact_code, near_code, renamed_code (`distance` in percent) or picture (in bits).
    """

    rank: int
    distance: int
    benchmark: str
    item: str
    kind: str

    @property
    def detail(self) -> str:
        unit = "bits" if self.kind == "picture" else "percent"
        return f"{self.benchmark}: {self.item}: {self.kind}, {self.distance} {unit} apart"

    def rejection(self, limits: DecontaminationLimits) -> Rejection:
        """Return why the row is refused; with distance and bound, where one decided."""
        bound = {
            "near_code": 100 * (1 - limits.jaccard),
            "renamed_code": 100 * (1 - limits.unnamed_jaccard),
            "picture": float(limits.radius),
        }.get(self.kind)
        return Rejection(
            Reason.DECONTAMINATE_BENCHMARK,
            self.detail,
            None if bound is None else self.distance,
            None if bound is None else round(bound, 6),
        )


_KINDS = ("exact_code", "near_code", "renamed_code", "picture")


class BenchmarkIndex:
    """The items of all chosen benchmarks (tables of `BENCHMARK_COLUMNS`), ready to be asked."""

    def __init__(self, tables: Sequence[pa.Table]) -> None:
        table = pa.concat_tables(tables)
        self._benchmarks: list[str] = table["benchmark"].to_pylist()
        self._items: list[str] = table["item"].to_pylist()
        self._table = table
        self._exact: dict[str, int] = {}
        for number, digest in enumerate(table["normal_sha256"].to_pylist()):
            if digest is not None:
                self._exact.setdefault(digest, number)
        hashes = table["phash"].to_pylist()
        self._pictures = np.array([n for n, value in enumerate(hashes) if value is not None], np.int64)
        self._phashes = np.array([value for value in hashes if value is not None], np.uint64)
        thumbnails = [value for value in table["thumbnail"].to_pylist() if value is not None]
        joined = np.frombuffer(b"".join(thumbnails), np.uint8)
        self._thumbnails = joined.reshape(len(thumbnails), THUMBNAIL_BYTES)

    @cached_property
    def _views(self) -> list[tuple[str, _SignatureIndex]]:
        return [
            ("near_code", _SignatureIndex(self._table, "code")),
            ("renamed_code", _SignatureIndex(self._table, "unnamed")),
        ]

    def find(self, rows: Sequence[SignedRow], limits: DecontaminationLimits) -> dict[int, Leak]:
        """Return the leaks among `rows` by row number."""
        found: dict[int, list[Leak]] = {}
        for number, leak in (*self._by_code(rows, limits), *self._by_picture(rows, limits)):
            found.setdefault(number, []).append(leak)
        return {number: min(leaks) for number, leaks in sorted(found.items())}

    def _leak(self, item: int, kind: str, distance: int) -> Leak:
        return Leak(_KINDS.index(kind), distance, self._benchmarks[item], self._items[item], kind)

    def _by_code(
        self, rows: Sequence[SignedRow], limits: DecontaminationLimits
    ) -> Iterator[tuple[int, Leak]]:
        exact = set()
        for number, row in enumerate(rows):
            item = self._exact.get(row.normal_sha256)
            if item is not None:
                exact.add(number)
                yield number, self._leak(item, "exact_code", 0)
        for kind, view in self._views:
            least = limits.jaccard if kind == "near_code" else limits.unnamed_jaccard
            matrix = [row.code_minhash if kind == "near_code" else row.unnamed_minhash for row in rows]
            for number, item in view.candidates(np.array(matrix, np.uint16), least - _MARGIN):
                if number in exact:
                    continue
                shingles = program_shingles(rows[number].code, rows[number].language)
                similarity = jaccard(
                    shingles.code if kind == "near_code" else shingles.unnamed, view.shingles(item)
                )
                if similarity >= least:
                    yield number, self._leak(item, kind, round(100 * (1 - similarity)))

    def _by_picture(
        self, rows: Sequence[SignedRow], limits: DecontaminationLimits
    ) -> Iterator[tuple[int, Leak]]:
        for number, row in enumerate(rows):
            bits = np.bitwise_count(self._phashes ^ np.uint64(row.phash))
            near = np.flatnonzero(bits <= limits.radius)
            apart = np.abs(self._thumbnails[near].astype(np.int16) - row.thumbnail).mean(axis=1)
            for position in near[apart <= limits.colour_levels].tolist():
                yield number, self._leak(int(self._pictures[position]), "picture", int(bits[position]))


class _SignatureIndex:
    """The MinHash signatures of one view, grouped by band."""

    def __init__(self, table: pa.Table, view: str) -> None:
        packed = table[f"{view}_minhash"].to_pylist()
        self._items = np.array([n for n, value in enumerate(packed) if value is not None], np.int64)
        joined = b"".join(value for value in packed if value is not None)
        self._signatures: Signatures = (
            np.frombuffer(joined, "<u2").reshape(-1, PERMUTATIONS).astype(np.uint16)
        )
        self._shingles = table[f"{view}_shingles"]
        self._bands = []
        for band in range(BANDS):
            keys = band_keys(self._signatures, band)
            order = np.argsort(keys, kind="stable")
            self._bands.append((keys[order], order))

    def shingles(self, item: int) -> NDArray[np.uint64]:
        return np.array(self._shingles[item].values.to_numpy(), np.uint64)

    def candidates(self, signatures: Signatures, similarity: float) -> list[tuple[int, int]]:
        """Return (row, item) pairs that share a band and whose estimate reaches `similarity`."""
        if not len(self._items) or not len(signatures):
            return []
        pairs: set[tuple[int, int]] = set()
        for band, (ordered, order) in enumerate(self._bands):
            keys = band_keys(signatures, band)
            low, high = np.searchsorted(ordered, keys, "left"), np.searchsorted(ordered, keys, "right")
            for row in np.flatnonzero(high > low).tolist():
                pairs.update((row, position) for position in order[low[row] : high[row]].tolist())
        if not pairs:
            return []
        rows, positions = np.array(sorted(pairs), np.int64).T
        agree = (signatures[rows] == self._signatures[positions]).mean(axis=1) >= similarity
        filled = (signatures[rows] != 0xFFFF).any(axis=1)
        return [
            (int(row), int(self._items[position]))
            for row, position in zip(rows[agree & filled], positions[agree & filled], strict=True)
        ]
