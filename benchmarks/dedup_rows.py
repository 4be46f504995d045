"""Synthetic rows with planted duplicates: real sets of shingles, real MinHash, made-up pictures.

A row's set of shingles is computed from numbers (its size, the template it shares, whose copy it is, how
many shingles were replaced), so it needs no memory and the true similarity of two rows can be had at any
time. The signatures are rensa's, of those sets: nothing is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vincicoder.dedup import Signed
from vincicoder.dedup.minhash import jaccard, minhash
from vincicoder.dedup.near_code import PERMUTATIONS, Signatures
from vincicoder.dedup.pairs import RowNumbers, mix

Sets = list[NDArray[np.uint64]]

# Shares of sources. Some pictures are of one kind, so that part of their pHash is the same.
SOURCES = ("charts", "icons", "pages", "formulas", "molecules")
_SHARES = (0.4, 0.2, 0.2, 0.1, 0.1)
_FREE_BITS = (64, 40, 48, 32, 48)
# How much of a program its template makes up. Molecules are one template that differs in a string.
_TEMPLATE_SHARE = (0.5, 0.3, 0.2, 0.3, 0.95)
_TEMPLATES = (1_000, 5_000, 20_000, 500, 1)  # of each source, at 100,000 rows; the molecules' stays one

_MADE_AT_A_TIME = 20_000
_LEVELS = 6  # within the limits of near pictures
_TEMPLATE_LEVELS = 24  # beyond those, within the limits of pictures of one template


class Planted(IntEnum):
    """What a row is. All but originals are made from an original; decoys are to stay."""

    ORIGINAL = 0
    EXACT_CODE = 1
    EXACT_IMAGE = 2
    NEAR_IMAGE = 3
    NEAR_CODE = 4
    DECOY_CODE = 5  # the picture is near, the programs' similarity 0.6 to 0.79
    DECOY_BITS = 6  # same colours, the pHash one bit too far, another program
    DECOY_COLOURS = 7  # same pHash, other colours, another program
    DECOY_PICTURE = 8  # nearly the same program, another picture
    SAME_TEMPLATE = 9  # another program of the template, in a picture like enough: in families


_PLANTED_SHARES = (0.79, 0.03, 0.03, 0.03, 0.04, 0.02, 0.01, 0.01, 0.01, 0.03)
TEMPLATE_COPIES = 15  # of one original, about
_TEMPLATE_SHINGLES = 40
_TEMPLATE_VARIANTS = 0.3  # share of the rows whose template has a shingle of its own


@dataclass(frozen=True, slots=True)
class SyntheticRows:
    """Rows in an order that tells nothing; `origin` (n,) is the row each was made from, else itself."""

    planted: NDArray[np.int8]
    origin: RowNumbers
    source: NDArray[np.int8]
    size: NDArray[np.int32]
    replaced: NDArray[np.int32]
    owner: NDArray[np.int64]
    template: NDArray[np.int64]
    phashes: NDArray[np.uint64]
    pixel_numbers: NDArray[np.int64]
    code_numbers: NDArray[np.int64]

    def sets(self, rows: RowNumbers) -> Sets:
        """Return the sets of shingles of the programs of `rows`."""
        size = self.size[rows]
        ends = np.cumsum(size)
        row = np.repeat(np.arange(rows.size), size)
        position = np.arange(int(size.sum())) - np.repeat(ends - size, size)
        shared = (size * np.array(_TEMPLATE_SHARE)[self.source[rows]]).astype(np.int64)
        own = position >= (size - self.replaced[rows])[row]
        owner = np.where(position < shared[row], self.template[rows][row] + (1 << 40), self.owner[rows][row])
        owner = np.where(own, rows[row] + (1 << 41), owner)
        flat = mix(mix(owner.astype(np.uint64)) + position.astype(np.uint64))
        return np.split(flat, ends[:-1])

    def true_similarity(self, first: RowNumbers, second: RowNumbers) -> NDArray[np.float32]:
        answers = np.empty(first.shape, np.float32)
        for low in range(0, first.size, _MADE_AT_A_TIME):
            part = slice(low, low + _MADE_AT_A_TIME)
            pairs = zip(self.sets(first[part]), self.sets(second[part]), strict=True)
            answers[part] = [jaccard(np.sort(one), np.sort(other)) for one, other in pairs]
        return answers

    def table(self) -> pa.Table:
        """The columns that exact duplicates and the order of preference are decided by."""
        count = len(self.planted)
        numbers = np.arange(count)
        return pa.table(
            {
                "sample_id": hex_digests(numbers + (1 << 44)),
                "source": pa.array(np.array(SOURCES)[self.source]),
                "source_id": pa.array(numbers).cast(pa.string()),
                # The copies are longer, so that the originals stay.
                "code_characters": pa.array(40 * self.size + (self.planted != 0) * 20_000),
                "normal_sha256": hex_digests(self.code_numbers),
                "pixels_sha256": hex_digests(self.pixel_numbers),
            }
        )


def hex_digests(numbers: NDArray[np.int64]) -> pa.Array:
    """Return a string of 64 hex digits for each number, as a sha256 would be: equal for equal ones."""
    words = np.stack([mix(numbers.astype(np.uint64) + np.uint64(part << 50)) for part in range(4)], axis=1)
    digits = words.tobytes().hex().encode()
    offsets = np.arange(0, 64 * len(numbers) + 1, 64, np.int64)
    return pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(digits))


def make_rows(count: int, seed: int = 5) -> tuple[SyntheticRows, NDArray[np.uint8]]:
    """Make `count` rows, with duplicates and decoys in fixed shares, and their thumbnails (n, 768)."""
    generator = np.random.default_rng(seed)
    planted = generator.choice(len(Planted), count, p=_PLANTED_SHARES).astype(np.int8)
    originals, copies = np.flatnonzero(planted == 0), np.flatnonzero(planted != 0)
    origin = np.arange(count)
    # Some originals have several copies. A decoy is alone with its own: two might be like each other.
    family = copies[planted[copies] == Planted.SAME_TEMPLATE]
    decoys = copies[(planted[copies] >= Planted.DECOY_CODE) & (planted[copies] <= Planted.DECOY_PICTURE)]
    others = copies[planted[copies] < Planted.DECOY_CODE]
    heads, alone, many = np.split(
        generator.permutation(originals), np.cumsum([-(-family.size // TEMPLATE_COPIES), decoys.size])
    )
    origin[family] = heads[np.arange(family.size) // TEMPLATE_COPIES]
    origin[decoys] = alone
    origin[others] = generator.choice(many, others.size)
    source = generator.choice(len(SOURCES), count, p=_SHARES).astype(np.int8)[origin]
    size = generator.integers(60, 180, count).astype(np.int32)[origin]
    # By the rule two molecules in nearly the same picture are duplicates: their programs are alike.
    planted[(planted == Planted.DECOY_BITS) & (source == SOURCES.index("molecules"))] = Planted.DECOY_COLOURS
    templates = np.array(_TEMPLATES) * [max(1, count // 100_000) if many > 1 else 1 for many in _TEMPLATES]
    # A few templates have most of the rows.
    template = (templates[source] * generator.random(count) ** 4).astype(np.int64) + (source << np.int64(32))
    owner = np.arange(count)
    replaced = np.zeros(count, np.int32)
    is_ = {kind: planted == kind for kind in Planted}
    similarity = generator.uniform(0.8, 0.99, count)
    similarity[is_[Planted.DECOY_CODE]] = generator.uniform(0.6, 0.79, int(is_[Planted.DECOY_CODE].sum()))
    like = is_[Planted.NEAR_CODE] | is_[Planted.DECOY_CODE] | is_[Planted.DECOY_PICTURE]
    exactly = size * (1 - similarity) / (1 + similarity)
    replaced[like] = np.where(is_[Planted.DECOY_CODE], np.ceil(exactly), np.floor(exactly))[like]
    same_program = like | is_[Planted.EXACT_CODE]
    owner[same_program] = origin[same_program]
    code_numbers = np.arange(count)
    code_numbers[is_[Planted.EXACT_CODE]] = origin[is_[Planted.EXACT_CODE]]
    pixel_numbers = np.arange(count)
    pixel_numbers[is_[Planted.EXACT_IMAGE]] = origin[is_[Planted.EXACT_IMAGE]]
    rows = SyntheticRows(
        planted=planted,
        origin=origin,
        source=source,
        size=size,
        replaced=replaced,
        owner=owner,
        template=template[origin],
        phashes=_phashes(generator, planted, origin, source),
        pixel_numbers=pixel_numbers,
        code_numbers=code_numbers,
    )
    return rows, _thumbnails(generator, planted, origin)


def _phashes(
    generator: np.random.Generator, planted: NDArray[np.int8], origin: RowNumbers, source: NDArray[np.int8]
) -> NDArray[np.uint64]:
    count = len(planted)
    free = np.array([(1 << bits) - 1 for bits in _FREE_BITS], np.uint64)
    phashes = generator.integers(0, 2**64, count, np.uint64) & free[source]
    copies = (planted != 0) & (planted != Planted.DECOY_PICTURE)
    phashes[copies] = phashes[origin[copies]]
    bits = np.zeros(count, np.int64)
    bits[planted == Planted.NEAR_IMAGE] = generator.integers(0, 3, int((planted == Planted.NEAR_IMAGE).sum()))
    family = planted == Planted.SAME_TEMPLATE
    bits[family] = generator.integers(0, 5, int(family.sum()))
    near = (planted == Planted.NEAR_CODE) | (planted == Planted.DECOY_CODE)
    bits[near] = generator.integers(3, 5, int(near.sum()))
    bits[planted == Planted.DECOY_BITS] = 3
    # Steps of an odd width visit different bits.
    start, step = generator.integers(0, 64, count), 2 * generator.integers(0, 32, count) + 1
    for flip in range(int(bits.max(initial=0))):
        bit = ((start + flip * step) % 64).astype(np.uint64)
        phashes ^= (bits > flip).astype(np.uint64) << bit
    return phashes


def _thumbnails(
    generator: np.random.Generator, planted: NDArray[np.int8], origin: RowNumbers
) -> NDArray[np.uint8]:
    """White paper with something on it."""
    count = len(planted)
    thumbnails = np.full((count, 768), 255, np.uint8)
    for low in range(0, count, _MADE_AT_A_TIME):
        part = thumbnails[low : low + _MADE_AT_A_TIME, 200:500]
        part[:] = generator.integers(0, 255 - _TEMPLATE_LEVELS, part.shape, np.uint8)
    alone = (Planted.ORIGINAL, Planted.DECOY_COLOURS, Planted.DECOY_PICTURE)
    copies = np.flatnonzero(~np.isin(planted, alone))
    for low in range(0, copies.size, _MADE_AT_A_TIME):
        rows = copies[low : low + _MADE_AT_A_TIME]
        thumbnails[rows] = thumbnails[origin[rows]]
    near = np.flatnonzero((planted == Planted.NEAR_IMAGE) | (planted == Planted.DECOY_BITS))
    thumbnails[near, generator.integers(200, 500, near.size)] += generator.integers(
        0, _LEVELS, near.size
    ).astype(np.uint8)
    family = np.flatnonzero(planted == Planted.SAME_TEMPLATE)
    thumbnails[family, 200:500] += generator.integers(0, _TEMPLATE_LEVELS, (family.size, 300), np.uint8)
    return thumbnails


def signed_rows(
    rows: SyntheticRows, thumbnails: NDArray[np.uint8], order: RowNumbers, pixel_groups: NDArray[np.int64]
) -> Signed:
    """Sign the rows named by `order`, in that order."""
    code = np.empty((order.size, PERMUTATIONS), np.uint16)
    template = np.empty((order.size, PERMUTATIONS), np.uint16)
    for low in range(0, order.size, _MADE_AT_A_TIME):
        part = order[low : low + _MADE_AT_A_TIME]
        code[low : low + part.size] = minhash(rows.sets(part))
        template[low : low + part.size] = _template_signatures(rows.template[part], part)
    return Signed(
        pixel_groups=pixel_groups,
        phashes=rows.phashes[order],
        thumbnails=thumbnails[order],
        code=code,
        template=template,
    )


def _template_signatures(templates: NDArray[np.int64], rows: RowNumbers) -> Signatures:
    """Sign templates' abstracted forms of 40 shingles, one of which is the row's own in some rows."""
    shingles = np.arange(_TEMPLATE_SHINGLES, dtype=np.uint64)
    different, inverse = np.unique(templates, return_inverse=True)
    sets = [mix(mix(shingles) + np.uint64(template)) for template in different]
    signatures = minhash(sets)[inverse]
    chance = mix(rows.astype(np.uint64) + np.uint64(1 << 45))
    varied = np.flatnonzero(chance < np.uint64(_TEMPLATE_VARIANTS * 2**64))
    signatures[varied] = minhash([np.append(sets[inverse[row]][1:], chance[row]) for row in varied])
    return signatures
