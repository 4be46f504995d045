"""What changed between two releases, and why, from their catalogues and manifests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from storage.manifest import load_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from storage.manifest import RlManifest, SftManifest

# What a sample is compared by, beside its id; `flow` columns such as places of renders say nothing.
_COMPARED = (
    "instruction",
    "pixels_sha256",
    "split",
    "license",
    "render_fingerprint",
    "stack",
    "chart_type",
    "cluster_id",
)

_GONE = """
SELECT '{sign}' AS sign, here.source, here.task,
       CASE WHEN rejected.reason IS NOT NULL THEN rejected.stage || ': ' || rejected.reason
            WHEN here.task = 'refine' THEN 'its flaw was not made there'
            WHEN here.source NOT IN (SELECT name FROM {other}.sources WHERE available)
            THEN 'the source is not there'
            ELSE 'the source did not give it' END AS why,
       count(*) AS rows
FROM {one}.samples AS here ANTI JOIN {other}.samples USING (sample_id)
LEFT JOIN (SELECT sample_id, min(reason) AS reason, min(stage) AS stage FROM {other}.rejects
           GROUP BY ALL) AS rejected USING (sample_id)
GROUP BY ALL
ORDER BY rows DESC, source, task, why
"""


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """`settings` are what went in and differs: (name, in A, in B). `removed` and `added` rows are counted by
    (source, task, why); `changed` by (column, source)."""

    settings: list[tuple[str, Any, Any]]
    removed: list[tuple[str, str, str, int]]
    added: list[tuple[str, str, str, int]]
    changed: list[tuple[str, str, int]]
    rows: tuple[int, int]

    @property
    def same(self) -> bool:
        return not (self.settings or self.removed or self.added or self.changed)


def diff_releases(a: Path, b: Path) -> ReleaseDiff:
    """Compare two SFT release folders. Raises FileNotFoundError where one has no manifest or catalogue,
    ManifestError where a manifest cannot be read."""
    a, b = a.resolve(), b.resolve()  # `current` may be switched while this reads
    manifests = [load_manifest(folder) for folder in (a, b)]
    with duckdb.connect(":memory:") as database:
        for name, folder in (("a", a), ("b", b)):
            catalog = folder / "catalog.duckdb"
            if not catalog.is_file():
                raise FileNotFoundError(f"{catalog} is missing: {folder} is no whole release")
            path = str(catalog).replace("'", "''")
            database.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        removed = database.execute(_GONE.format(sign="-", one="a", other="b")).fetchall()
        added = database.execute(_GONE.format(sign="+", one="b", other="a")).fetchall()
        changed = []
        for column in _COMPARED:
            changed += database.execute(
                f"SELECT '{column}', source, count(*) "
                "FROM a.samples AS a JOIN b.samples AS b USING (sample_id, source) "
                f"WHERE a.{column} IS DISTINCT FROM b.{column} GROUP BY source ORDER BY 3 DESC, 2"
            ).fetchall()
    return ReleaseDiff(
        settings=_settings(manifests[0], manifests[1]),
        removed=[(source, task, why, rows) for _, source, task, why, rows in removed],
        added=[(source, task, why, rows) for _, source, task, why, rows in added],
        changed=changed,
        rows=(sum(manifests[0].rows.values()), sum(manifests[1].rows.values())),
    )


def _settings(a: SftManifest | RlManifest, b: SftManifest | RlManifest) -> list[tuple[str, Any, Any]]:
    """Leaves of configuration, inputs and stage versions that differ."""
    first, second = (
        {
            **_leaves(manifest.config),
            **_leaves(manifest.inputs if manifest.kind == "sft" else {}, "source"),
            "benchmarks checked": ", ".join(manifest.benchmarks_checked),
            "built by": manifest.created_by,
        }
        for manifest in (a, b)
    )
    return [
        (name, first.get(name), second.get(name))
        for name in sorted({*first, *second})
        if first.get(name) != second.get(name)
    ]


def _leaves(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    leaves: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{prefix}.{key}" if prefix else key
        leaves |= _leaves(value, name) if isinstance(value, dict) else {name: value}
    return leaves
