"""The invariant on duplicates names each of its three faults, and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import storage

QUERY = (Path(storage.__file__).parent / "audits" / "invariant_duplicates.sql").read_text("utf-8")

GOOD = [("b", "a", "near_code"), ("d", "b", "exact_code"), ("e", "e", "same_row")]
BROKEN = {
    "the kept row left in the same stage": ("a", "c", "near_image"),
    "the kept row is unknown": ("f", "nobody", "exact_image"),
}


def faults(duplicates: list[tuple[str, str, str]], cluster: str = "a") -> set[str]:
    database = duckdb.connect()
    database.sql("CREATE TABLE samples (sample_id TEXT, target_id TEXT, cluster_id TEXT)")
    database.executemany("INSERT INTO samples VALUES (?, NULL, ?)", [("a", "a"), ("c", "c"), ("e", "e")])
    database.execute("INSERT INTO samples VALUES ('r', 'a', ?)", [cluster])
    database.sql("CREATE TABLE rejects AS SELECT unnest(['b', 'd', 'f']) AS sample_id")
    database.sql("CREATE TABLE duplicates (removed_id TEXT, kept_id TEXT, kind TEXT)")
    database.executemany("INSERT INTO duplicates VALUES (?, ?, ?)", duplicates)
    return {row[3] for row in database.sql(QUERY).fetchall()}


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_is_named(fault: str) -> None:
    assert faults([*GOOD, BROKEN[fault]]) == {fault}


def test_a_flaw_is_in_its_targets_cluster() -> None:
    assert faults(GOOD) == set()
    assert faults(GOOD, cluster="c") == {"another cluster than the target"}
