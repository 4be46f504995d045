"""Gathers what deduplication needs from all shards: compact columns, each copied once into its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.ahead import fetched_ahead, read_outputs
from storage.outputs import read_output
from tasks.sft.whole import read_columns
from vincicoder.dedup import Signed, group_numbers, preference_order
from vincicoder.dedup.minhash import jaccard, program_shingles
from vincicoder.dedup.near_code import PERMUTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.dedup.minhash import Shingles
    from vincicoder.dedup.pairs import RowNumbers
    from vincicoder.dedup.search import TrueSimilarity

THUMBNAIL_BYTES = 16 * 16 * 3

# Pairs whose programs are in memory at a time when they are compared: some 500 MB of shingles.
_COMPARED_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class SignedRows:
    """All rows in order of preference: their signatures, and where each lies (shard and row in it)."""

    signed: Signed
    sample_ids: pa.ChunkedArray
    shard: NDArray[np.int32]
    row: NDArray[np.int32]

    def sample_id(self, row: int) -> str:
        return str(self.sample_ids[row].as_py())


def with_code_length(
    home: Home,
    previous: Sequence[StageOutput],
    signatures: Sequence[StageOutput],
    columns: Sequence[str],
    signature_columns: Sequence[str],
) -> pa.Table:
    """Read columns of all shards, with `code_characters` and other columns of their signatures."""
    table = read_columns(home, previous, columns)
    wanted = ["code_characters", *signature_columns]
    signed = pa.concat_tables(
        [
            signatures_of(home, output, signature, wanted)
            for output, signature in _with_signatures(home, previous, signatures)
        ]
    )
    for name in wanted:
        table = table.append_column(name, signed[name])
    return table


def read_signed_rows(
    home: Home, previous: Sequence[StageOutput], signatures: Sequence[StageOutput]
) -> SignedRows:
    """Read all rows' signatures. `signatures` are those of the same shards, in the same order."""
    names = ["sample_id", "source", "source_id", "pixels_sha256", "clipped"]
    table = with_code_length(home, previous, signatures, names, [])
    order = preference_order(table)
    table = table.select(["sample_id", "pixels_sha256", "shard", "row"]).take(pa.array(order))
    count = len(order)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    signed = Signed(
        pixel_groups=group_numbers(table["pixels_sha256"]),
        phashes=np.empty(count, np.uint64),
        thumbnails=np.empty((count, THUMBNAIL_BYTES), np.uint8),
        code=np.empty((count, PERMUTATIONS), np.uint16),
        template=np.empty((count, PERMUTATIONS), np.uint16),
    )
    first = 0
    for output, signature in _with_signatures(home, previous, signatures):
        pictures = read_output(home, output, columns=["phash", "thumbnail"])
        codes = signatures_of(home, output, signature, ["code_minhash", "template_minhash"])
        places = place[first : first + pictures.num_rows]
        signed.phashes[places] = pictures["phash"].to_numpy()
        signed.thumbnails[places] = _matrix(pictures["thumbnail"], np.dtype("u1"), THUMBNAIL_BYTES)
        signed.code[places] = _matrix(codes["code_minhash"], np.dtype("<u2"), PERMUTATIONS)
        signed.template[places] = _matrix(codes["template_minhash"], np.dtype("<u2"), PERMUTATIONS)
        first += pictures.num_rows
    return SignedRows(signed, table["sample_id"], table["shard"].to_numpy(), table["row"].to_numpy())


def _with_signatures(
    home: Home, previous: Sequence[StageOutput], signatures: Sequence[StageOutput]
) -> Iterator[tuple[StageOutput, StageOutput]]:
    pairs = zip(previous, signatures, strict=True)
    return fetched_ahead(home, pairs, lambda pair: [one.path("kept") for one in pair])


def signatures_of(
    home: Home, output: StageOutput, signatures: StageOutput, columns: Sequence[str]
) -> pa.Table:
    """The signatures of the rows of a later output of the same shard, in that output's order."""
    ids = read_output(home, output, columns=["sample_id"])["sample_id"]
    signed = read_output(home, signatures, columns=["sample_id", *columns])
    return signed.take(pc.index_in(ids, value_set=signed["sample_id"])).select(list(columns))


def _matrix(column: pa.ChunkedArray, kind: np.dtype[np.generic], width: int) -> NDArray[np.generic]:
    return np.frombuffer(b"".join(column.to_pylist()), kind).reshape(-1, width)


def true_similarity(home: Home, previous: Sequence[StageOutput], rows: SignedRows) -> TrueSimilarity:
    """Return a function that compares the programs of pairs of rows, read from their shards."""

    def compare(first: RowNumbers, second: RowNumbers) -> NDArray[np.float32]:
        similarity = np.zeros(first.shape, np.float32)
        # By shard: most pairs are of one source, so that few shards are read for more than one piece.
        order = np.lexsort((rows.shard[second], rows.shard[first]))
        for low in range(0, order.size, _COMPARED_PAIRS):
            part = order[low : low + _COMPARED_PAIRS]
            one, other = first[part], second[part]
            shingles = _read_shingles(home, previous, rows, np.union1d(one, other))
            similarity[part] = [
                jaccard(shingles[a], shingles[b]) for a, b in zip(one.tolist(), other.tolist(), strict=True)
            ]
        return similarity

    return compare


def _read_shingles(
    home: Home, previous: Sequence[StageOutput], rows: SignedRows, wanted: RowNumbers
) -> dict[int, Shingles]:
    shingles: dict[int, Shingles] = {}
    shards = rows.shard[wanted]
    numbers = np.unique(shards).tolist()
    tables = read_outputs(home, [previous[shard] for shard in numbers], columns=["code", "language"])
    for shard, table in zip(numbers, tables, strict=True):
        members = wanted[shards == shard]
        table = table.take(pa.array(rows.row[members]))
        for member, code, language in zip(
            members.tolist(), table["code"].to_pylist(), table["language"].to_pylist(), strict=True
        ):
            shingles[member] = program_shingles(code, language).code
    return shingles
