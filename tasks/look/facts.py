"""What a report says in numbers: counted by the catalogue, never row by row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vincicoder.look.plots import Histogram

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from storage.manifest import SftManifest

Row = dict[str, Any]

_BINS = 24
_SHOWN_HITS = 200

# Every row that was ever there, counted by what a reader filters by: from it the page makes all its counts.
_CUBE = """
SELECT fate, stage, reason, task, domain, source, language, count(*) AS rows FROM (
    SELECT 'released' AS fate, '' AS stage, '' AS reason, task, domain, source, language FROM samples
    UNION ALL
    SELECT 'rejected', stage, reason, task, domain, source, language FROM rejects
) GROUP BY ALL ORDER BY ALL
"""
_STAGES = """
SELECT stages.stage, any_value(stages.version) AS version, count(*) AS shards,
       sum(rows_in)::BIGINT AS rows_in, sum(rows_made)::BIGINT AS made,
       sum(rows_kept)::BIGINT AS kept, sum(rows_rejected)::BIGINT AS rejected,
       sum(seconds) AS core_seconds, any_value(wall_seconds) AS wall_seconds
FROM stages LEFT JOIN stage_times USING (stage)
GROUP BY stages.stage ORDER BY min(stages.position)
"""
_SOURCES = "SELECT * FROM sources ORDER BY NOT available, name"
_LICENSES = """
SELECT license, count(*) FILTER (task = 'direct') AS direct, count(*) FILTER (task = 'refine') AS refine,
       count(DISTINCT source) AS sources
FROM samples GROUP BY license ORDER BY direct DESC, license
"""
_HITS = f"""
SELECT source, source_id, detail, value, bound FROM rejects
WHERE reason = 'decontaminate.benchmark' ORDER BY source, source_id LIMIT {_SHOWN_HITS}
"""
_FLAWS = """
SELECT array_to_string(kinds, ' + ') AS kinds, count(*) AS tried,
       count(*) FILTER (outcome = 'differs') AS differs, count(*) FILTER (outcome = 'fails') AS fails,
       count(*) FILTER (outcome = 'same') AS same,
       avg(similarity) FILTER (outcome = 'differs') AS similarity
FROM flaws GROUP BY ALL ORDER BY tried DESC, kinds LIMIT 60
"""
_SLOWEST = """
SELECT source, source_id, language, render_seconds::DOUBLE AS seconds, outcome FROM (
    SELECT source, source_id, language, render_seconds, 'released' AS outcome
    FROM samples WHERE task = 'direct'
    UNION ALL
    SELECT source, source_id, language, render_seconds, reason FROM rejects WHERE render_seconds IS NOT NULL
) ORDER BY render_seconds DESC NULLS LAST, source, source_id LIMIT 10
"""
# Half powers of two: (group, bin, rows).
_LOGARITHMS = """
SELECT {group}, floor(2 * log2({value}))::INT AS bin, count(*)
FROM {table} WHERE {value} > 0 AND {where} GROUP BY ALL ORDER BY ALL
"""
# (source, bin, kept, refused) of one measure; what is beyond the last bin counts in it.
_DISTANCES = """
SELECT source, least(floor({bins} * value / (2 * bound)), {bins} - 1)::INT AS bin,
       count(*) FILTER (kept), count(*) FILTER (NOT kept)
FROM (
    SELECT source, source_{measure} AS value, true AS kept FROM samples WHERE source_{measure} IS NOT NULL
    UNION ALL
    SELECT source, value, false FROM rejects
    WHERE reason = 'verify.mismatch' AND split_part(detail, ' ', 1) = '{measure}'
) JOIN (SELECT source, {measure} AS bound FROM source_thresholds WHERE {measure} > 0) USING (source)
GROUP BY ALL ORDER BY ALL
"""
_MEASURES = ("structure", "detail", "hash", "color", "aspect", "missing", "chroma")
# (reason, bound, lowest, highest) where one threshold decided, and (reason, bin, rows).
_BOUNDS = """
SELECT reason, min(bound), least(min(value), min(bound)), greatest(max(value), max(bound))
FROM rejects
WHERE bound IS NOT NULL AND value IS NOT NULL AND reason <> 'verify.mismatch'
GROUP BY reason HAVING min(bound) = max(bound) ORDER BY reason
"""
_BOUND_BINS = f"""
SELECT least(floor({_BINS} * (value - $low) / nullif($high - $low, 0)), {_BINS - 1})::INT, count(*)
FROM rejects WHERE reason = $reason AND value IS NOT NULL AND bound IS NOT NULL GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers of one release: tables as rows by column, plots as histograms by heading.

    `cube` counts rows by fate, stage, reason, task, domain, source and language.
    """

    version: str
    built: str
    created_by: str
    settings: str
    cube: list[Row]
    stages: list[Row]
    sources: list[Row]
    licenses: list[Row]
    benchmarks: list[Row]
    hits: list[Row]
    flaws: list[Row]
    slowest: list[Row]
    composition: list[Row]
    lengths: list[Histogram]
    times: list[Histogram]
    distances: dict[str, list[Histogram]]
    bounds: list[Histogram]

    def counted(self, **which: str) -> int:
        """Return how many rows of the cube are as named."""
        return sum(row["rows"] for row in self.cube if all(row[name] == of for name, of in which.items()))


def gather_facts(database: duckdb.DuckDBPyConnection, manifest: SftManifest) -> Facts:
    """Count all that a report says of a release. `database` is its catalogue, opened by `open_locked`."""
    ((started,),) = database.execute("SELECT started_at FROM build").fetchall()
    by_source: dict[str, list[Histogram]] = {}
    for measure in _MEASURES:
        for source, plot in _distances(database, measure):
            by_source.setdefault(source, []).append(plot)
    return Facts(
        version=manifest.version,
        built=f"{started:%Y-%m-%d %H:%M} UTC",
        created_by=manifest.created_by,
        settings=json.dumps(manifest.config, indent=1, sort_keys=True),
        cube=table(database, _CUBE),
        stages=table(database, _STAGES),
        sources=table(database, _SOURCES),
        licenses=table(database, _LICENSES),
        benchmarks=table(database, "SELECT * FROM benchmarks ORDER BY NOT checked, name"),
        hits=table(database, _HITS),
        flaws=table(database, _FLAWS),
        slowest=table(database, _SLOWEST),
        composition=[dict(row) for row in manifest.composition],
        lengths=_logarithmic(database, "samples", "domain", "tokens", "task = 'direct'", ""),
        times=_logarithmic(database, "samples", "language", "render_seconds", "task = 'direct'", " s"),
        distances=dict(sorted(by_source.items())),
        bounds=_bounds(database),
    )


def table(
    database: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> list[Row]:
    """Return the rows of an answer by column name."""
    result = database.execute(query, parameters)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _logarithmic(
    database: duckdb.DuckDBPyConnection, of: str, group: str, value: str, where: str, unit: str
) -> list[Histogram]:
    query = _LOGARITHMS.format(table=of, group=group, value=value, where=where)
    rows = database.execute(query).fetchall()
    if not rows:
        return []
    low, high = min(row[1] for row in rows), max(row[1] for row in rows) + 1
    counts: dict[str, list[int]] = {}
    for name, place, count in rows:
        counts.setdefault(name, [0] * (high - low))[place - low] = count
    ends = (f"{2 ** (low / 2):.2g}{unit}", f"{_short(2 ** (high / 2))}{unit}")
    return [Histogram(name, low, high, ends, kept) for name, kept in sorted(counts.items())]


def _distances(database: duckdb.DuckDBPyConnection, measure: str) -> list[tuple[str, Histogram]]:
    bounds = dict(
        database.execute(f"SELECT source, {measure} FROM source_thresholds WHERE {measure} > 0").fetchall()
    )
    counts: dict[str, tuple[list[int], list[int]]] = {}
    for source, place, kept, refused in database.execute(
        _DISTANCES.format(measure=measure, bins=_BINS)
    ).fetchall():
        both = counts.setdefault(source, ([0] * _BINS, [0] * _BINS))
        both[0][place], both[1][place] = kept, refused
    return [
        (
            source,
            Histogram(
                measure,
                0,
                2 * bounds[source],
                ("0", f"{_short(2 * bounds[source])} and more"),
                *counts[source],
                bound=bounds[source],
                bound_label=f"at most {_short(bounds[source])}",
            ),
        )
        for source in counts
    ]


def _bounds(database: duckdb.DuckDBPyConnection) -> list[Histogram]:
    plots = []
    for reason, bound, low, high in database.execute(_BOUNDS).fetchall():
        counts = [0] * _BINS
        named = {"reason": reason, "low": low, "high": high}
        for place, count in database.execute(_BOUND_BINS, named).fetchall():
            counts[place or 0] = count
        ends = (_short(low), _short(high))
        nothing = [0] * _BINS
        plots.append(Histogram(reason, low, high, ends, nothing, counts, bound, f"bound {_short(bound)}"))
    return plots


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
