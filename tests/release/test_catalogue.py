"""The catalogue as those who audit a release with SQL use it: names, reasons, fates, older clients."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import storage.push
from storage.audit import ask
from storage.push import plan_push
from tests.releases import Releases

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def catalog(releases: Releases) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(f"{releases.first}/catalog.duckdb", read_only=True)


def counted(catalog: duckdb.DuckDBPyConnection, query: str) -> int:
    row = catalog.execute(f"SELECT count(*) FROM {query}").fetchone()
    assert row is not None
    return int(row[0])


def test_every_table_and_column_says_what_it_means_and_the_docs_list_all(
    catalog: duckdb.DuckDBPyConnection,
) -> None:
    bare = catalog.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert bare == []
    there = {
        name
        for (name,) in catalog.execute(
            "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() "
            "WHERE NOT internal"
        ).fetchall()
    }
    page = (ROOT / "docs/catalogue.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == there


def test_fate_has_one_row_for_every_sample(catalog: duckdb.DuckDBPyConnection) -> None:
    columns = [name for name, *_ in catalog.execute("DESCRIBE fate").fetchall()]
    assert columns == ["sample_id", "source", "source_id", "fate", "stage", "reason", "detail"]
    everywhere = "(SELECT sample_id FROM samples UNION SELECT sample_id FROM rejects)"
    assert counted(catalog, "fate") == counted(catalog, everywhere) > 0
    assert counted(catalog, "fate WHERE fate = 'released'") == counted(catalog, "samples")
    assert counted(catalog, "fate WHERE (fate = 'rejected') <> (reason IS NOT NULL)") == 0


def test_pictures_join_their_samples_by_id_and_by_hash(catalog: duckdb.DuckDBPyConnection) -> None:
    rows = counted(catalog, "samples")
    assert counted(catalog, "samples JOIN images USING (sample_id, phash, split, pixels_sha256)") == rows


def test_types_are_what_they_hold(catalog: duckdb.DuckDBPyConnection) -> None:
    types = {
        (table, column): kind
        for table, column, kind in catalog.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    }
    assert types["build", "started_at"].startswith("TIMESTAMP")
    assert types["samples", "flaw_kinds"] == types["flaws", "kinds"] == "VARCHAR[]"
    assert types["samples", "phash"] == types["images", "phash"] == "BIGINT"
    assert types["stages", "parameters"] == types["build", "config"] == "JSON"
    assert counted(catalog, "samples WHERE tokens NOT BETWEEN 1 AND strlen(code)") == 0
    steps = catalog.execute("SELECT stage FROM stage_times ORDER BY position").fetchall()
    assert steps[:3] == [("index_benchmark",), ("collect",), ("clean",)] and steps[-1] == ("compose",)


def test_yields_count_direct_rows_alone(releases: Releases, catalog: duckdb.DuckDBPyConnection) -> None:
    own = catalog.execute(
        "SELECT s.source, s.collected, count(*) FILTER (task = 'direct'), count(*) FILTER (task = 'refine') "
        "FROM (SELECT source, sum(rows_in)::INT AS collected FROM stages WHERE position = 0 GROUP BY ALL) s "
        "JOIN samples USING (source) GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert sum(refined for *_, refined in own) > 0
    told = ask(releases.first / "catalog.duckdb", "yield_by_source").rows
    assert told == [
        (source, collected, direct, round(100 * direct / collected, 1), refined)
        for source, collected, direct, refined in own
    ]
    card = (releases.first / "README.md").read_text("utf-8")
    for source, collected, direct, percent, refined in told:
        assert percent <= 100
        assert re.search(
            rf"^\| {source} \|.*\| {collected} \| {direct} \| {percent} \| {refined} \|", card, re.M
        )
    assert "load_dataset(" in card and "| `phash` | int64 |" in card and "| tokens |" in card


def test_the_printed_command_reads_it_with_the_pinned_client(releases: Releases) -> None:
    client = Path(sys.executable).with_name("duckdb")
    command = [str(client), "-readonly", f"{releases.first}/catalog.duckdb", "-csv"]
    done = subprocess.run(
        [*command, "SELECT count(*) AS n FROM images JOIN fate USING (sample_id)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout.split()[1]) > 0


def test_what_is_pushed_tells_nothing_of_the_machine(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = duckdb.connect(f"{releases.first}/catalog.duckdb", read_only=True)
    host = original.execute("SELECT host FROM build").fetchone()
    assert host is not None
    with storage.push.stage(releases.first, plan_push(releases.first, "owner/name"), tmp_path) as staged:
        files = sorted(path for path in staged.rglob("*") if path.is_file() and path.suffix != ".parquet")
        assert {path.name for path in files} >= {"catalog.duckdb", "README.md", "manifest.json"}
        for path in files:
            content = path.read_bytes()
            assert str(releases.home).encode() not in content, path
            assert str(releases.own.parent).encode() not in content, path
        monkeypatch.chdir(staged)
        with duckdb.connect("catalog.duckdb", read_only=True) as copy:
            assert copy.execute("SELECT host FROM build").fetchone() == (None,)
            assert counted(copy, "images") == counted(copy, "samples") == counted(original, "samples")
