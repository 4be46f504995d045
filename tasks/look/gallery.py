"""Which rows a report shows with their pictures, chosen by the order of their ids: the same every time."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.pictures import read_flawed_pictures, read_pictures
from tasks.look.facts import table
from vincicoder.look.thumbnails import data_uri, thumbnail

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from storage.home import Home

PICTURE_BUDGET = 15_000_000  # bytes of pictures as they stand in a page; the whole stays below 20 MB
_SIDE = 240  # pixels of a thumbnail
BY_REASON, BY_SOURCE, _CLUSTERS, _MEMBERS, _PAIRS_BY_KIND, _PAIRS = 16, 8, 20, 4, 2, 24
_MOST_ROWS = 480  # of a gallery, however many reasons and sources there are
_CODE = 1_500  # characters of a row's code

_FIELDS = "sample_id, source, source_id, domain, language, task"
# Each finds the places of its rows over narrow columns, and then reads the code of these rows alone: of a
# large release a join by id would read the code of all.
_REFUSED = f"""
WITH chosen AS MATERIALIZED (
    SELECT rejects.rowid AS place FROM rejects JOIN (
        SELECT reason, unnest(min(sample_id, {BY_REASON})) AS sample_id FROM rejects GROUP BY reason
    ) USING (reason, sample_id)
)
SELECT {_FIELDS}, stage, reason, detail, value, bound, code_head[:{_CODE}] AS code,
       code_characters AS characters
FROM (SELECT * FROM rejects WHERE rowid IN (SELECT place FROM chosen))
JOIN (SELECT stage, min(position) AS position FROM stages GROUP BY stage) USING (stage)
QUALIFY row_number() OVER (PARTITION BY reason, sample_id ORDER BY detail) = 1
ORDER BY position, reason, source, sample_id LIMIT {_MOST_ROWS}
"""
_KEPT = f"""
WITH chosen AS MATERIALIZED (
    SELECT samples.rowid AS place FROM samples JOIN (
        SELECT source, unnest(min(sample_id, {BY_SOURCE})) AS sample_id FROM samples WHERE task = 'direct'
        GROUP BY source
    ) USING (source, sample_id)
)
SELECT {_FIELDS}, NULL AS stage, NULL AS reason, NULL AS detail, NULL AS value, NULL AS bound,
       code[:{_CODE}] AS code, length(code) AS characters
FROM samples WHERE rowid IN (SELECT place FROM chosen)
ORDER BY source, sample_id LIMIT {_MOST_ROWS}
"""
# The largest clusters, and of each the first members; rows that left before rendering have no picture.
_DUPLICATES = f"""
WITH largest AS MATERIALIZED (
    SELECT kept_id, count(*) AS size FROM duplicates WHERE kind NOT IN ('same_row', 'exact_code')
    GROUP BY kept_id ORDER BY size DESC, kept_id LIMIT {_CLUSTERS}
), removed AS MATERIALIZED (
    SELECT kept_id, removed_id, kind, distance FROM duplicates
    WHERE kind NOT IN ('same_row', 'exact_code') AND kept_id IN (SELECT kept_id FROM largest)
    QUALIFY row_number() OVER (PARTITION BY kept_id ORDER BY kind, removed_id) <= {_MEMBERS}
), released_places AS MATERIALIZED (
    SELECT rowid AS place FROM samples WHERE sample_id IN (SELECT kept_id FROM largest)
), rejected_places AS MATERIALIZED (
    SELECT rowid AS place FROM rejects WHERE stage <> 'collect' AND sample_id IN (
        SELECT kept_id FROM largest UNION ALL SELECT removed_id FROM removed
    )
), everywhere AS (
    SELECT {_FIELDS}, NULL AS reason, NULL AS detail, code[:{_CODE}] AS code FROM samples
    WHERE rowid IN (SELECT place FROM released_places)
    UNION ALL
    SELECT {_FIELDS}, reason, detail, code_head[:{_CODE}] FROM rejects
    WHERE rowid IN (SELECT place FROM rejected_places)
)
SELECT kept_id, size, 'kept' AS kind, 0 AS distance, everywhere.*
FROM largest JOIN everywhere ON sample_id = kept_id
UNION ALL
SELECT kept_id, size, kind, distance, everywhere.*
FROM largest JOIN removed USING (kept_id) JOIN everywhere ON sample_id = removed_id
ORDER BY size DESC, kept_id, kind <> 'kept', kind, sample_id
"""
_REFINED = f"""
WITH chosen AS MATERIALIZED (
    SELECT samples.rowid AS place FROM samples JOIN (
        SELECT unnest(min(sample_id, {_PAIRS_BY_KIND})) AS sample_id FROM samples WHERE task = 'refine'
        GROUP BY flaw_kinds
    ) USING (sample_id)
)
SELECT {_FIELDS}, target_id, array_to_string(flaw_kinds, ' + ') AS kinds, flaw_detail, flaw_error,
       flaw_similarity::DOUBLE AS similarity, difficulty, flawed_code[:{_CODE}] AS code,
       length(flawed_code) AS characters
FROM samples WHERE rowid IN (SELECT place FROM chosen)
ORDER BY kinds, similarity, sample_id LIMIT {_PAIRS}
"""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Rows to show, each with `picture` (the value of an `src`, or None).

    `refused` are by reason, `kept` by source, `clusters` one list a cluster with the kept row first; each of
    `refined` has `flawed_picture` too.
    """

    refused: dict[str, list[dict[str, Any]]]
    kept: dict[str, list[dict[str, Any]]]
    clusters: list[list[dict[str, Any]]]
    refined: list[dict[str, Any]]


def gather_gallery(database: duckdb.DuckDBPyConnection, home: Home | None, budget: int) -> Gallery:
    """Choose the rows and read their pictures, of at most `budget` bytes in all as they stand in a page.

    Refused rows come first, then duplicates, refinement pairs and kept rows.
    """
    refused = table(database, _REFUSED)
    kept = table(database, _KEPT)
    duplicates = table(database, _DUPLICATES)
    refined = table(database, _REFINED)
    shown = [refused, duplicates, refined, kept]
    ids = dict.fromkeys(row["sample_id"] for rows in shown for row in rows)
    pictures = _thumbnails(read_pictures(database, home, ids), list(ids))
    flawed_ids = [row["sample_id"] for row in refined]
    flawed = _thumbnails(read_flawed_pictures(database, home, flawed_ids), flawed_ids)
    left = budget
    for rows in shown:
        for row in rows:
            row["picture"], left = _afforded(pictures.get(row["sample_id"]), left)
            if rows is refined:
                row["flawed_picture"], left = _afforded(flawed.get(row["sample_id"]), left)
    return Gallery(
        refused=_grouped(refused, "reason"),
        kept=_grouped(kept, "source"),
        clusters=list(_grouped(duplicates, "kept_id").values()),
        refined=refined,
    )


def _thumbnails(pictures: dict[str, bytes], order: Sequence[str]) -> dict[str, str]:
    names = [name for name in order if name in pictures]
    with ThreadPoolExecutor(2) as pool:  # decoding lets go of the interpreter's lock
        small = pool.map(lambda name: thumbnail(pictures[name], _SIDE), names)
        return {name: data_uri(one) for name, one in zip(names, small, strict=True) if one is not None}


def afforded_picture(picture: bytes | None, left: int) -> tuple[str | None, int]:
    """Return a small form of a picture as the value of an `src`, None where there is none or it takes more
    than the `left` bytes, and the bytes that are left then."""
    small = None if picture is None else thumbnail(picture, _SIDE)
    return _afforded(None if small is None else data_uri(small), left)


def _afforded(uri: str | None, left: int) -> tuple[str | None, int]:
    return (uri, left - len(uri)) if uri is not None and len(uri) <= left else (None, left)


def _grouped(rows: Sequence[dict[str, Any]], by: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return dict(groups)
