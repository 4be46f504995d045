"""The rows that the parts work on, from the releases of a home: a few MB of Parquet.

    python -m benchmarks.gpu.data --home HOME FOLDER

`sft.parquet` and `rl.parquet` are rows of the current releases as they were published. `pairs.parquet` has
pictures beside others: what a flawed version of their program draws (refinement rows, drawn here), and the
pictures of other rows. README.md in the folder names sources and licences. Raises FileNotFoundError where the
home has no SFT release; without an RL release there are no RL rows.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vincicoder.render import RenderEngine, RenderRequest

PAIRS, SFT_ROWS, RL_ROWS = 200, 64, 16
_MOST_PICTURE_BYTES, _MOST_CHARACTERS = 24_000, 3_000


def write_data(home: Path, folder: Path, workers: int | None = None) -> None:
    """Write the files from a home's current releases; the same releases give the same rows."""
    folder.mkdir(parents=True, exist_ok=True)
    files = _files(home, "sft")
    if not files:
        raise FileNotFoundError(f"{home} has no SFT release: build one with `vincicoder build sft`")
    table = pa.concat_tables(pq.read_table(file) for file in files)
    rows = sorted((row for row in table.to_pylist() if _is_small(row)), key=lambda row: row["sample_id"])
    taken = pa.Table.from_pylist(rows[:SFT_ROWS], table.schema)
    pq.write_table(taken, folder / "sft.parquet")
    pairs = _pairs(rows, workers)
    pq.write_table(pa.Table.from_pylist(pairs), folder / "pairs.parquet")
    used = [*rows[:SFT_ROWS], *pairs]
    if files := _files(home, "rl"):
        table = pa.concat_tables(pq.read_table(file) for file in files)
        short = [row for row in table.to_pylist() if len(row["images"][0]["bytes"]) <= _MOST_PICTURE_BYTES]
        chosen = sorted(short, key=lambda row: row["sample_id"])[:RL_ROWS]
        pq.write_table(pa.Table.from_pylist(chosen, table.schema), folder / "rl.parquet")
        used += chosen
    (folder / "README.md").write_text(_licences(used))


def own_data(folder: Path) -> Path:
    """Write the files from programs of our own, built and published in a home beside the folder."""
    from flows.pipeline import run_build
    from flows.rl_set import build_rl_set
    from flows.runners import DirectRunner
    from storage.home import Home
    from tasks.rl.select import build_rl
    from tests.train.shapes import write_shapes
    from vincicoder.config import BuildConfig

    folder.mkdir(parents=True)
    home = folder.parent / "home"
    config = BuildConfig(
        profile=None, source_configs=(write_shapes(folder.parent),), recipe="default", workers=2
    )
    run_build(config, str(home), DirectRunner(2), flow_run="")
    build_rl_set(
        Home(str(home)), recipe="default", release="current", limit=16, strict=False, checkpoint=None,
        answers=None, tokens=None, environment=None, gate=None, build=build_rl.fn,
    )  # fmt: skip
    write_data(home, folder)
    return folder


def _files(home: Path, kind: str) -> list[Path]:
    return sorted(home.glob(f"releases/{kind}/current/data/train-*.parquet"))


def _is_small(row: dict[str, Any]) -> bool:
    characters = len(row["code"]) + len(row["flawed_code"] or "")
    return len(row["image"]["bytes"]) <= _MOST_PICTURE_BYTES and characters <= _MOST_CHARACTERS


def _pairs(rows: Sequence[dict[str, Any]], workers: int | None) -> list[dict[str, Any]]:
    """Return pictures beside what flawed versions of their programs draw, and beside other rows' pictures."""
    flawed = [row for row in rows if row["flawed_code"] and row["flaw_similarity"]][: PAIRS // 2]
    requests = [RenderRequest(row["sample_id"], row["language"], row["flawed_code"]) for row in flawed]
    with RenderEngine(workers=workers, measure=False) as engine:
        drawn = {result.request_id: result.png for result in engine.render(requests)}
    pairs = [
        _pair(row, "flawed", row["flawed_code"], drawn[row["sample_id"]])
        for row in flawed
        if drawn[row["sample_id"]] is not None
    ]
    latest: dict[str, dict[str, Any]] = {}  # by language
    for row in rows:
        if not row["flawed_code"] and len(pairs) < PAIRS:
            if other := latest.get(row["language"]):
                pairs.append(_pair(row, "another", other["code"], other["image"]["bytes"]))
            latest[row["language"]] = row
    return pairs


def _pair(row: dict[str, Any], kind: str, program: str, picture: bytes | None) -> dict[str, Any]:
    kept = {name: row[name] for name in ("sample_id", "source", "license", "language")}
    return kept | {"kind": kind, "reference": row["image"]["bytes"], "program": program, "candidate": picture}


def _licences(rows: Iterable[dict[str, Any]]) -> str:
    counts = Counter((row["source"], row["license"]) for row in rows)
    lines = [f"| {source} | {licence} | {count} |" for (source, licence), count in sorted(counts.items())]
    head = ["# Rows of a VinciCoder release", "", "| source | licence | rows |", "|---|---|---|"]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu.data")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    write_data(given.home, given.folder)
    print(json.dumps({file.name: file.stat().st_size for file in sorted(given.folder.iterdir())}))
