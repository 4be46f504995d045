"""Finds the pictures of samples, released and rejected ones, and the whole code of rejected ones.

The pictures of a build lie in its home, where the stages left them. A release that was copied elsewhere has
its released pictures alone, in its Parquet.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from storage.home import Home, open_local_parquet
from storage.renders import RenderPlace, name_of_output, read_renders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import duckdb

# Where the output lies that a rejected row was read from, if it had been rendered by then.
_REJECTED = """
SELECT rejects.sample_id, before.stage, before.output_key
FROM rejects
JOIN stages AS here ON here.stage = rejects.stage AND here.output_key = split_part(rejects.code_file, '/', 3)
JOIN stages AS before
    ON before.position = here.position - 1 AND before.source = here.source AND before.shard = here.shard
WHERE rejects.sample_id IN (SELECT unnest(?))
    AND before.position >= (SELECT min(position) FROM stages WHERE stage = 'render')
"""
_PLACES = "SELECT sample_id, {0}_output, {0}_row FROM samples WHERE sample_id IN (SELECT unnest(?))"
_IN_PARQUET = """
SELECT sample_id, filename, file_row_number FROM released_files WHERE sample_id IN (SELECT unnest(?))
"""
# The shards of a sample's source. Those are first one of whose outputs is named: the one that rendered it, or
# the one that rejected it.
_SHARDS = """
SELECT collected.output_key FROM stages AS collected
WHERE collected.stage = 'collect' AND collected.source = $source
ORDER BY NOT EXISTS (
    SELECT 1 FROM stages AS own
    WHERE own.source = collected.source AND own.shard = collected.shard AND own.output_key = $output
), collected.shard
"""


@dataclass(frozen=True, slots=True)
class ParquetPlace:
    """Where a picture lies in a release's own Parquet: a local file, and the row in it from 0."""

    path: str
    row: int


Place = RenderPlace | ParquetPlace


def home_of(folder: Path) -> Home | None:
    """Return the home that a release's folder lies in, or None where it was copied out of one."""
    root = folder.resolve().parents[2] if len(folder.resolve().parents) > 2 else folder
    return Home(root) if (root / "stages").is_dir() and folder.parent.name == "sft" else None


def find_places(
    database: duckdb.DuckDBPyConnection, home: Home | None, sample_ids: Iterable[str]
) -> dict[str, Place]:
    """Return where the picture of each sample lies that has one, released or rejected. `database` is a
    release's catalogue, as `storage.sql.open_locked` opens it."""
    wanted = sorted(set(sample_ids))
    found: dict[str, Place] = {}
    if home is not None:
        places = _released_places(database, wanted, "render") | _rejected_places(database, home, wanted)
        there = {output: _is_there(home, output) for output in {place.output for place in places.values()}}
        found |= {name: place for name, place in places.items() if there[place.output]}
    missing = _released(database, [name for name in wanted if name not in found])
    if missing and _has_images(database):
        rows = database.execute(_IN_PARQUET, [missing]).fetchall()
        found |= {name: ParquetPlace(path, row) for name, path, row in rows}
    return found


def read_places(home: Home | None, places: Mapping[str, Place]) -> dict[str, bytes]:
    """Read the PNG files at some places, an output at a time; those that cannot be read are left out."""
    by_output: dict[str, list[RenderPlace]] = defaultdict(list)
    pictures: dict[str, bytes] = {}
    for name, place in places.items():
        if isinstance(place, RenderPlace):
            by_output[place.output].append(place)
        elif (png := _read_parquet_place(place)) is not None:
            pictures[name] = png
    read: dict[RenderPlace, dict[str, Any]] = {}
    for wanted in by_output.values():
        if home is None:
            break
        try:
            read |= read_renders(home, wanted, ["png"])
        except (OSError, pa.ArrowException):
            continue
    for name, place in places.items():
        if place in read and read[place]["png"] is not None:
            pictures[name] = read[place]["png"]
    return pictures


def read_pictures(
    database: duckdb.DuckDBPyConnection, home: Home | None, sample_ids: Iterable[str]
) -> dict[str, bytes]:
    """Return the PNG of each sample that has one, released or rejected."""
    return read_places(home, find_places(database, home, sample_ids))


def read_flawed_pictures(
    database: duckdb.DuckDBPyConnection, home: Home | None, sample_ids: Iterable[str]
) -> dict[str, bytes]:
    """Return the PNG that the flawed code of each refinement row drew, where it drew one."""
    if home is None:
        return {}
    return read_places(home, _released_places(database, sorted(set(sample_ids)), "flawed"))


def read_own_picture_file(
    database: duckdb.DuckDBPyConnection, home: Home | None, sample_id: str
) -> bytes | None:
    """Return the file of the corpus's own picture of a sample, in whatever format it came, or None."""
    row = database.execute(
        "SELECT source, render_output FROM samples WHERE sample_id = $1 AND task = 'direct' UNION ALL "
        "SELECT source, split_part(code_file, '/', 3) FROM rejects WHERE sample_id = $1 LIMIT 1",
        [sample_id],
    ).fetchone()
    if home is None or row is None:
        return None
    source, output = row
    for (key,) in database.execute(_SHARDS, {"source": source, "output": output}).fetchall():
        path = f"stages/collect/{key}/source_images.parquet"
        if home.exists(path):
            image = _value_in(home, path, sample_id, "image")
            if image is not None:
                return bytes(image)
    return None


def read_rejected_code(home: Home | None, code_file: str, row: int) -> str | None:
    """Return the whole code of a rejected row, or None where its file is not there any more."""
    if home is None or not code_file.startswith("stages/") or ".." in code_file:
        return None
    try:
        code: str | None = home.read_table(code_file, ["code"])["code"][row].as_py()
    except (OSError, pa.ArrowException, IndexError):
        return None
    return code


def _released(database: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    query = "SELECT sample_id FROM samples WHERE sample_id IN (SELECT unnest(?))"
    return [name for (name,) in database.execute(query, [list(names)]).fetchall()]


def _released_places(
    database: duckdb.DuckDBPyConnection, wanted: Sequence[str], which: str
) -> dict[str, RenderPlace]:
    rows = database.execute(_PLACES.format(which), [list(wanted)]).fetchall()
    return {name: RenderPlace(output, row) for name, output, row in rows if output is not None}


def _rejected_places(
    database: duckdb.DuckDBPyConnection, home: Home, wanted: Sequence[str]
) -> dict[str, RenderPlace]:
    by_output: dict[str, list[str]] = defaultdict(list)
    for name, stage, key in database.execute(_REJECTED, [list(wanted)]).fetchall():
        by_output[f"stages/{stage}/{key}/kept.parquet"].append(name)
    found: dict[str, RenderPlace] = {}
    for path, names in sorted(by_output.items()):
        try:
            table = home.read_table(path, ["sample_id", "render_output", "render_row"])
        except (OSError, pa.ArrowException):
            continue
        rows = table.filter(pc.is_in(table["sample_id"], value_set=pa.array(names))).to_pylist()
        found |= {row["sample_id"]: RenderPlace(row["render_output"], row["render_row"]) for row in rows}
    return found


def _is_there(home: Home, output: str) -> bool:
    return home.exists(f"stages/{name_of_output(output)}/renders.parquet")


def _has_images(database: duckdb.DuckDBPyConnection) -> bool:
    """Whether the folder has the release's Parquet, so that its view could be made."""
    found = database.execute(
        "SELECT 1 FROM duckdb_views() WHERE view_name = 'released_files' AND database_name = 'temp'"
    ).fetchone()
    return found is not None


def _read_parquet_place(place: ParquetPlace) -> bytes | None:
    """Read one picture of a release's Parquet: its row group, and no other column."""
    left = place.row
    try:
        with open_local_parquet(place.path) as file:
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if left < rows:
                    table = file.read_row_group(group, columns=["image.bytes"], use_threads=False)
                    png: bytes | None = table["image"][left].as_py()["bytes"]
                    return png
                left -= rows
    except (OSError, pa.ArrowException):
        pass
    return None


def _value_in(home: Home, path: str, sample_id: str, column: str) -> Any:
    with home.open_parquet(path) as file:
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["sample_id"], use_threads=False)["sample_id"]
            row = pc.index(ids, sample_id).as_py()
            if row >= 0:
                table = file.read_row_group(group, columns=[column], use_threads=False)
                return table[column][row].as_py()
    return None
