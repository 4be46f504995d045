"""Questions in SQL: what is answered, and that nothing but the release can be read and nothing written."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

import tasks.look.browse
from flows.cli import app
from flows.cli.build import _print_summary
from storage.sql import QueryError, UnreadableCatalogError, ask_sql, open_locked
from tests.releases import Releases, copy_of


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def test_answers_are_what_plain_duckdb_says(releases: Releases) -> None:
    query = "SELECT source, reason, count(*) AS n FROM rejects GROUP BY ALL ORDER BY ALL"
    with duckdb.connect(f"{releases.second}/catalog.duckdb", read_only=True) as plain:
        expected = plain.execute(query).fetchall()
    assert expected
    code, printed = run("sql", query, "--home", str(releases.home), "--json")
    assert code == 0
    assert [tuple(row.values()) for row in json.loads(printed)] == expected
    code, printed = run("sql", query, "--home", str(releases.home), "--release", releases.second.name)
    assert printed.splitlines()[0].split() == ["source", "reason", "n"]
    assert len(printed.splitlines()) == 1 + len(expected)


def test_values_that_json_lacks(releases: Releases) -> None:
    query = (
        "SELECT 'a'::BLOB AS n, 'nan'::DOUBLE AS n, DATE '2026-01-02' AS d, 1.5::DECIMAL(4, 2) AS m, [1] AS l"
    )
    code, printed = run("sql", query, "--home", str(releases.home), "--json")
    assert code == 0
    assert json.loads(printed) == [{"n": "YQ==", "n_1": None, "d": "2026-01-02", "m": 1.5, "l": [1]}]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT * FROM samplez", "samples"),
        ("SELEC 1", "syntax error"),
        ("DELETE FROM samples", "received DELETE"),
        ("SELECT 1; SELECT 2", "received SELECT and SELECT"),
        ("", "received nothing"),
        ("COPY (SELECT 1) TO '{data}/x.parquet'", "received COPY"),
        ("CREATE TABLE x AS SELECT 1", "received CREATE"),
        ("SET lock_configuration = false", "received SET"),
        ("SELECT * FROM read_text('/etc/hostname')", "Cannot access file"),
        ("SELECT * FROM '/etc/passwd'", "does not exist"),
        ("SELECT * FROM glob('/etc/*')", "Cannot access file"),
        ("SELECT * FROM read_parquet('{data}/../../../*/data/*.parquet')", "Cannot access file"),
        ("SELECT * FROM enable_logging('QueryLog', storage = 'file')", "locked"),
        ("SELECT * FROM releases", "does not exist"),  # a variable of this function
    ],
)
def test_what_is_refused(query: str, why: str, releases: Releases) -> None:
    before = sorted(releases.second.rglob("*"))
    with open_locked(releases.second) as database, pytest.raises(QueryError, match=re.escape(why)):
        ask_sql(database, query.replace("{data}", str(releases.second / "data")))
    assert sorted(releases.second.rglob("*")) == before


def test_pictures_of_a_copy_are_its_own(releases: Releases, tmp_path: Path) -> None:
    copy = copy_of(releases.second, tmp_path / "copy")
    with open_locked(copy) as database:
        ((pictures, rows),) = ask_sql(
            database, "SELECT (SELECT count(image.bytes) FROM images), count(*) FROM samples"
        ).rows
    assert pictures == rows > 0


def test_limits_of_rows_and_time(releases: Releases) -> None:
    with open_locked(releases.second, memory="500MB") as database:
        answer = ask_sql(database, "SELECT sample_id FROM samples", limit=2)
        assert (len(answer.rows), answer.more) == (2, True)
        with pytest.raises(QueryError, match=r"over 0\.2 s"):
            ask_sql(database, "SELECT count(*) FROM range(10000000) a, range(10000000) b", seconds=0.2)
        assert ask_sql(database, "SELECT 1").rows == [(1,)]


def test_a_missing_and_a_damaged_catalogue(releases: Releases, tmp_path: Path) -> None:
    code, printed = run("sql", "SELECT 1", "--home", str(tmp_path))
    assert code == 2 and f"vincicoder build sft --home {tmp_path}" in printed
    copy = copy_of(releases.second, tmp_path / "copy")
    (copy / "catalog.duckdb").write_bytes(b"\0" * 10_000)
    with pytest.raises(UnreadableCatalogError, match="Building again"), open_locked(copy):
        pass


def test_the_last_lines_of_a_build_work_as_printed(
    releases: Releases, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Path] = []  # it would serve until it is ended
    monkeypatch.setattr(tasks.look.browse, "serve", lambda folder, port, announce: served.append(folder))
    result = {
        "funnel": [], "version": releases.second.name, "release": str(releases.second), "seconds": 1.0,
        "collected": 1, "kept": 1, "rejected": 0, "made": 0, "report": None,
    }  # fmt: skip
    _print_summary(result, str(releases.home))
    printed = capsys.readouterr().out.partition("Try next:")[2]
    commands = [shlex.split(line) for line in printed.splitlines() if line.strip()]
    assert len(commands) >= 3
    for words in commands:
        assert words[0] == "vincicoder"
        code, output = run(*words[1:])
        assert code == 0, output
    assert served == [releases.second]
