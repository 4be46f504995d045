"""The questions by name: every one is answered, and their counts agree with the catalogue's tables."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from storage.audit import ask, audit_names
from tests.releases import Releases

SAMPLES, REJECTS = "SELECT count(*) FROM samples", "SELECT count(*) FROM rejects"


def answer(releases: Releases, name: str) -> list[dict[str, Any]]:
    found = ask(releases.second / "catalog.duckdb", name)
    assert len(found.title) > 20 and len(found.columns) == len(set(found.columns)) >= 3
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def counted(releases: Releases, query: str) -> int:
    with duckdb.connect(f"{releases.second}/catalog.duckdb", read_only=True) as catalog:
        ((rows,),) = catalog.execute(query).fetchall()
        return int(rows)


@pytest.mark.parametrize("name", audit_names())
def test_every_question_is_answered(releases: Releases, name: str) -> None:
    answer(releases, name)


def test_there_are_twenty() -> None:
    assert len(audit_names()) >= 20


@pytest.mark.parametrize(
    ("name", "column", "query"),
    [
        ("splits", "rows", SAMPLES),
        ("domains_and_languages", "direct_rows", f"{SAMPLES} WHERE task = 'direct'"),
        ("domains_and_languages", "refinement_rows", f"{SAMPLES} WHERE task = 'refine'"),
        ("domains_and_languages", "rejected", REJECTS),
        ("refinement_difficulty", "rows", f"{SAMPLES} WHERE task = 'refine'"),
        ("errors_by_class", "rows", f"{REJECTS} WHERE error_class IS NOT NULL"),
        ("largest_clusters", "left_for_it", "SELECT count(*) FROM duplicates"),
        ("time_by_stage", "shards", "SELECT count(*) FROM stages"),
    ],
)
def test_counts_agree_with_the_tables(releases: Releases, name: str, column: str, query: str) -> None:
    assert sum(row[column] for row in answer(releases, name)) == counted(releases, query)


def test_close_calls_are_those_that_a_bound_decided(releases: Releases) -> None:
    rows = answer(releases, "close_calls")
    decided = f"{REJECTS} WHERE bound IS NOT NULL AND value IS NOT NULL"
    assert (len(rows) > 0) == (counted(releases, decided) > 0)
    assert all(row["value"] != row["bound"] or row["beyond"] == 0 for row in rows)
    assert rows == sorted(rows, key=lambda row: (row["reason"], row["beyond"]))


def test_longest_programs_come_first(releases: Releases) -> None:
    tokens = [row["tokens"] for row in answer(releases, "longest_programs")]
    assert tokens == sorted(tokens, reverse=True)
    assert tokens[0] == counted(releases, "SELECT max(tokens) FROM samples")
