"""All that is known of one sample: what each stage decided, its duplicates, its refinement rows, its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.pictures import read_own_picture_file, read_rejected_code
from tasks.look.facts import table
from vincicoder.sample import UserError

if TYPE_CHECKING:
    import duckdb

    from storage.home import Home

_MOST_OTHERS = 24

# The stages of a released row: those of the shard that rendered it, where that is known.
_STAGES = """
SELECT stage, position, version, shard, source, rows_in, rows_kept, rows_rejected FROM stages
WHERE source = $source AND shard = coalesce(
    (SELECT shard FROM stages WHERE stage || '/' || output_key = $output OR output_key = $output LIMIT 1), 0)
ORDER BY position
"""
# `others` is how many there are, of which the first are shown. A row may be given twice by its source: it is
# one sample, and what became of the first counts.
_DUPLICATES = f"""
WITH links AS MATERIALIZED (
    SELECT *, count(*) OVER () AS others FROM (
        SELECT kept_id AS sample_id, kind, distance, 'left for it' AS role FROM duplicates
        WHERE removed_id = $id
        UNION
        SELECT removed_id, kind, distance, 'left for this' FROM duplicates WHERE kept_id = $id
    ) ORDER BY role, kind, sample_id LIMIT {_MOST_OTHERS}
)
SELECT links.*, source, source_id, fate FROM links JOIN (
    SELECT sample_id, source, source_id, 'released' AS fate, 0 AS rank FROM samples
    WHERE sample_id IN (SELECT sample_id FROM links)
    UNION ALL
    SELECT sample_id, source, source_id, 'rejected', CASE reason WHEN 'dedup.same_row' THEN 2 ELSE 1 END
    FROM rejects WHERE sample_id IN (SELECT sample_id FROM links)
) USING (sample_id)
QUALIFY row_number() OVER (PARTITION BY sample_id, kind, role ORDER BY rank) = 1
ORDER BY role, kind, sample_id
"""
_FAMILY = f"""
SELECT sample_id, source, source_id, task, array_to_string(flaw_kinds, ' + ') AS kinds, flaw_similarity,
       difficulty, count(*) OVER () AS others
FROM samples WHERE target_id = $id OR sample_id = (SELECT target_id FROM samples WHERE sample_id = $id)
ORDER BY sample_id LIMIT {_MOST_OTHERS}
"""
_CLUSTER = f"""
SELECT sample_id, source, source_id, count(*) OVER () AS others FROM samples
WHERE task = 'direct' AND sample_id <> $id
      AND cluster_id = (SELECT cluster_id FROM samples WHERE sample_id = $id)
      AND sample_id IS DISTINCT FROM (SELECT target_id FROM samples WHERE sample_id = $id)
ORDER BY sample_id LIMIT {_MOST_OTHERS}
"""
_WITH_THIS_START = """
SELECT sample_id FROM samples WHERE starts_with(sample_id, $start)
UNION SELECT sample_id FROM rejects WHERE starts_with(sample_id, $start) LIMIT 2
"""
_HIDDEN = ("code", "code_head", "flawed_code", "instruction", "phash")


class NoSampleError(UserError):
    """There is no such sample in this release."""


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """One sample. `fields` are all its columns; `decisions` say stage by stage what became of it.

    `code` is whole where it can still be read; `shortened` says that it is not. `own_picture` is the file of
    the corpus's own picture.
    """

    sample_id: str
    fate: str
    fields: dict[str, Any]
    code: str
    shortened: bool
    decisions: list[dict[str, Any]]
    duplicates: list[dict[str, Any]]
    family: list[dict[str, Any]]
    cluster: list[dict[str, Any]]
    own_picture: bytes | None


def gather_sample(database: duckdb.DuckDBPyConnection, home: Home | None, named: str) -> SampleFacts:
    """Return what is known of a sample, by its id or the start of one. Raises NoSampleError."""
    sample_id = _whole_id(database, named)
    released = table(database, "SELECT * FROM samples WHERE sample_id = ?", [sample_id])
    rejected = table(
        database, "SELECT * FROM rejects WHERE sample_id = ? ORDER BY reason = 'dedup.same_row'", [sample_id]
    )
    row = (released or rejected)[0]
    code, shortened = row["code"] if released else "", False
    if not released:
        whole = read_rejected_code(home, row["code_file"], row["code_row"])
        code = row["code_head"] if whole is None else whole
        shortened = whole is None and row["code_characters"] > len(row["code_head"])
    named_id = {"id": sample_id}
    return SampleFacts(
        sample_id=sample_id,
        fate="released" if released else "rejected",
        fields={
            name: value
            for name, value in row.items()
            if value is not None and name not in _HIDDEN and (value or name != "data_files")
        },
        code=code,
        shortened=shortened,
        decisions=_decisions(database, row, None if released else row),
        duplicates=table(database, _DUPLICATES, named_id),
        family=table(database, _FAMILY, named_id) if released else [],
        cluster=table(database, _CLUSTER, named_id) if released else [],
        own_picture=read_own_picture_file(database, home, sample_id),
    )


def _whole_id(database: duckdb.DuckDBPyConnection, named: str) -> str:
    found = database.execute(_WITH_THIS_START, {"start": named}).fetchall() if named else []
    if len(found) == 1:
        return str(found[0][0])
    raise NoSampleError(
        f"received sample {named!r}, which {'several begin with' if found else 'none of this release has'}; "
        "it must be a sample_id of this release, or the start of exactly one"
    )


def _decisions(
    database: duckdb.DuckDBPyConnection, row: dict[str, Any], rejection: dict[str, Any] | None
) -> list[dict[str, Any]]:
    if rejection is None:
        output = row["render_output"]
        stages = table(database, _STAGES, {"source": row["source"], "output": output})
    else:
        key = rejection["code_file"].split("/")[2]
        here = table(database, "SELECT source, shard FROM stages WHERE output_key = ?", [key])[0]
        stages = table(
            database,
            "SELECT stage, position, version, shard, rows_in, rows_kept, rows_rejected FROM stages "
            "WHERE source = ? AND shard = ? ORDER BY position",
            [here["source"], here["shard"]],
        )
    decisions = []
    for stage in stages:
        if rejection is not None and stage["stage"] == rejection["stage"]:
            decisions.append({**stage, "verdict": "rejected", "why": _why(rejection)})
            break
        why = "; ".join(row.get("changes") or ()) if stage["stage"] == "clean" else ""
        made = row["task"] == "refine" and stage["position"] < _position(stages, "refine")
        if not made:
            verdict = "made" if row["task"] == "refine" and stage["stage"] == "refine" else "kept"
            decisions.append({**stage, "verdict": verdict, "why": why})
    return decisions


def _position(stages: list[dict[str, Any]], name: str) -> int:
    return next((stage["position"] for stage in stages if stage["stage"] == name), 0)


def _why(rejection: dict[str, Any]) -> str:
    measured = (
        "" if rejection["bound"] is None else f" ({rejection['value']:g} against {rejection['bound']:g})"
    )
    return f"{rejection['reason']}: {rejection['detail']}{measured}"
