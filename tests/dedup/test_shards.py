"""The decision over all shards does not depend on how the rows are cut into shards, or on their order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.dedup import measure
from storage.home import Home
from storage.outputs import StageOutput, read_output, write_output
from storage.schemas import REJECT_SCHEMA, VERIFIED_SCHEMA
from tasks.sft.deduplicate import deduplicate, deduplicate_code
from tasks.sft.sign import sign_shard
from tests.dedup.synthetic import flip
from vincicoder.dedup import DuplicateLimits

ROWS = 120


def rendered_rows() -> pa.Table:
    """Programs and pictures in families of four: the first, and its copies of one kind each."""
    generator = np.random.default_rng(8)
    rows = []
    for row in range(ROWS):
        family, copy = divmod(row, 4)
        values = np.random.default_rng(family).integers(0, 999, 60).tolist()
        phash = np.random.default_rng(1000 + family).integers(0, 2**64, 1, np.uint64)
        thumbnail = np.random.default_rng(family).integers(0, 200, 768).astype(np.uint8)
        if copy == 1:
            values[-1] += 1
            phash = flip(phash, 4, generator)
            thumbnail[:50] += 9
        program = values if copy != 2 else generator.integers(0, 999, 90).tolist()
        code = f"import pylab\npylab.plot({program}){'  # copy' if copy == 3 else ''}\n"
        rows.append(
            {
                **{name: "x" for name in ("source_revision", "license", "domain", "task", "image_origin")},
                "sample_id": f"{(row * 7919) % 1000:03d}",
                "source": f"source{row % 3}",
                "source_id": str(row),
                "language": "python",
                "code": code,
                "code_sha256": f"code{row}",
                "changes": [],
                "tokens": 9,
                "image_width": 9,
                "image_height": 9,
                "pixels_sha256": f"pixels{family if copy in (0, 3) else row + 1000}",
                "phash": int(phash[0]),
                "thumbnail": thumbnail.tobytes(),
                "render_fingerprint": "f",
                "render_seconds": 1.0,
                "render_output": "o",
                "render_row": row,
                "render_notes": [],
                # Of the families 5 and up the first row is cut off: another of the family is to stay.
                "clipped": 0.01 if copy == 0 and family >= 5 else (None, 0.0)[row % 2],
            }
        )
    return pa.Table.from_pylist(rows, VERIFIED_SCHEMA)


def write_shards(home: Home, table: pa.Table, parts: list[np.ndarray]) -> list[StageOutput]:
    return [
        write_output(
            home,
            stage="verify",
            version=1,
            parameters={},
            inputs=[f"shard {number}"],
            source="mixed",
            shard=number,
            rows_in=len(part),
            seconds=0.0,
            kept=table.take(pa.array(part)),
            rejected=REJECT_SCHEMA.empty_table(),
        )
        for number, part in enumerate(parts)
    ]


def decisions(home: Home, table: pa.Table, parts: list[np.ndarray]) -> list[set[tuple[object, ...]]]:
    """Who left for whom in either stage, and who stays in which cluster."""
    shards = write_shards(home, table, parts)
    signatures = [sign_shard.fn(home, "mixed", number, shard) for number, shard in enumerate(shards)]
    distinct = deduplicate_code.fn(home, shards, signatures)
    final = deduplicate.fn(home, distinct, signatures, DuplicateLimits())
    found = []
    for stage in (distinct, final):
        tables = [read_output(home, output, "duplicates").to_pylist() for output in stage]
        found.append({tuple(row.values()) for rows in tables for row in rows})
    kept = [read_output(home, output, columns=["sample_id", "cluster_id"]).to_pylist() for output in final]
    return [*found, {tuple(row.values()) for rows in kept for row in rows}]


def test_order_and_number_of_shards_decide_nothing(tmp_path: Path) -> None:
    table = rendered_rows()
    generator = np.random.default_rng(2)
    cuts = [
        [np.arange(ROWS)],
        np.array_split(np.arange(ROWS), 5),
        np.array_split(np.arange(ROWS), 5)[::-1],
        np.array_split(generator.permutation(ROWS), 11),
    ]
    whole, *others = (
        decisions(Home(tmp_path / str(number)), table, parts) for number, parts in enumerate(cuts)
    )
    exact, near, kept = whole
    assert {row[2] for row in exact} == {"exact_code"}
    assert len(exact) == ROWS // 4
    assert {row[2] for row in near} >= {"near_image", "near_code"}
    assert len(exact) + len(near) + len(kept) == ROWS
    # The first of a family is the first in every other respect, but where it is cut off another stays.
    table_ids = table["sample_id"].to_pylist()
    firsts = {table_ids[row] for row in range(0, ROWS, 4)}
    clipped = {table_ids[row] for row in range(20, ROWS, 4)}
    assert {kept_id for _, kept_id, *_ in near} & (firsts - clipped)
    assert not {kept_id for _, kept_id, *_ in near if kept_id in clipped}
    for other in others:
        assert other == whole


def test_the_benchmark_finds_what_it_planted() -> None:
    figures = measure(6_000)
    for name, kind in figures["kinds"].items():
        assert kind["false"] == 0, name
        if name == "near_code":
            assert kind["found"] >= 0.98 * kind["planted"]
        else:
            assert kind["found"] == kind["planted"], name
    planted = [kind["planted"] for kind in figures["kinds"].values()]
    assert min(planted[:4]) > 100
