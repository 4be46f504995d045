"""The registry of runs, of training and of evaluation: what was started and measured, and what came of it.

runs(...)          one row per run: recipe, release, code, status, why it ended
metrics(...)       run_id, step, name, value: every number the trainer wrote
checkpoints(...)   one row per whole checkpoint, with its lineage: run, release, parent checkpoint
scores(...)        one row per metric and part of an evaluation: both modes, the interval, how many items

It lies at `runs/registry.duckdb` of the home. DuckDB lets one process write at a time, so each call opens
the file, does its work in one transaction and closes it; a call that finds it open elsewhere waits.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from storage.database import create_database
from storage.whole_file import whole_file
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from storage.home import Home

_WAIT_SECONDS = 30.0

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    run_id VARCHAR PRIMARY KEY, kind VARCHAR, recipe_name VARCHAR, recipe JSON, release VARCHAR,
    model VARCHAR, parent VARCHAR, code_commit VARCHAR, version VARCHAR, flow_run VARCHAR, folder VARCHAR,
    status VARCHAR, attempts INTEGER, started_at DOUBLE, ended_at DOUBLE, reason VARCHAR, detail VARCHAR
);
CREATE TABLE IF NOT EXISTS metrics (
    run_id VARCHAR, step BIGINT, name VARCHAR, value DOUBLE, PRIMARY KEY (run_id, step, name)
);
CREATE TABLE IF NOT EXISTS checkpoints (
    checkpoint_id VARCHAR PRIMARY KEY, run_id VARCHAR, step BIGINT, path VARCHAR, architecture VARCHAR,
    parameters BIGINT, bytes BIGINT, digest VARCHAR, parent VARCHAR, release VARCHAR, metrics JSON,
    registered_at DOUBLE
);
CREATE TABLE IF NOT EXISTS scores (
    run_id VARCHAR, part VARCHAR, metric VARCHAR, reference DOUBLE, averaged BIGINT, strict DOUBLE,
    low DOUBLE, high DOUBLE, items BIGINT, PRIMARY KEY (run_id, part, metric)
);
"""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it is started. `parent` is the checkpoint it goes on from, where that is one of ours."""

    run_id: str
    kind: str
    recipe_name: str
    recipe: Mapping[str, Any]
    release: str
    model: str
    parent: str | None
    code_commit: str
    version: str
    flow_run: str
    folder: str


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    """A whole checkpoint and where it comes from."""

    checkpoint_id: str
    run_id: str
    step: int
    path: str
    architecture: str
    parameters: int
    bytes: int
    digest: str
    parent: str | None
    release: str
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """A metric of one part of an evaluation: `all`, or a column and its value such as `domain=chart`."""

    part: str
    metric: str
    reference: float | None
    averaged: int
    strict: float
    low: float
    high: float
    items: int


@dataclass(frozen=True, slots=True)
class RunEnd:
    """All that is entered when a run has ended: its status and why, the checkpoint it leaves, and the numbers
    (step, name, value) that could not be entered while it ran."""

    run_id: str
    status: str
    reason: str | None = None
    detail: str | None = None
    checkpoint: CheckpointRecord | None = None
    metrics: Sequence[tuple[int, str, float]] = ()


class RegistryBusyError(UserError):
    """Another process kept the registry open for too long."""


class RunRegistry:
    """The registry of one home; of one on an object store each machine has its own."""

    def __init__(self, home: Home) -> None:
        self.path: Path = home.working_path("runs/registry.duckdb")

    def start(self, record: RunRecord) -> None:
        """Note that a run starts, or goes on: its first start and its earlier metrics stay."""
        self.enter_kept()
        fields = {**asdict(record), "recipe": json.dumps(dict(record.recipe), sort_keys=True)}
        with self._write() as database:
            known = database.execute("SELECT 1 FROM runs WHERE run_id = ?", [record.run_id]).fetchone()
            if known is None:
                fields |= {"status": "running", "attempts": 1, "started_at": time.time()}
                names = ", ".join(fields)
                marks = ", ".join("?" * len(fields))
                database.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", list(fields.values()))
            else:
                database.execute(
                    "UPDATE runs SET status = 'running', attempts = attempts + 1, ended_at = NULL, "
                    "reason = NULL, detail = NULL, flow_run = ?, code_commit = ? WHERE run_id = ?",
                    [record.flow_run, record.code_commit, record.run_id],
                )

    def add_metrics(
        self, run_id: str, metrics: Sequence[tuple[int, str, float]], wait_seconds: float = _WAIT_SECONDS
    ) -> None:
        """Add numbers; a step that is trained again after a resume replaces what it had.

        Raises RegistryBusyError when another process still has the registry open after `wait_seconds`.
        """
        if metrics:
            with self._write(wait_seconds) as database:
                _insert_metrics(database, run_id, metrics)

    def end(self, end: RunEnd, wait_seconds: float = _WAIT_SECONDS) -> Path | None:
        """Enter how a run ended, or keep it in a file that is entered later, and return that file.

        A registry that another process has open, or that can't be written, costs no run its end.
        """
        try:
            with self._write(wait_seconds) as database:
                _insert_end(database, end)
        except (RegistryBusyError, duckdb.Error, OSError):
            kept = self.path.parent / "kept" / f"{end.run_id}.json"
            with whole_file(kept) as part:
                part.write_text(json.dumps(asdict(end)), encoding="utf-8")
            return kept
        return None

    def enter_kept(self, wait_seconds: float = _WAIT_SECONDS) -> None:
        """Enter the ends of runs that were kept in files. Raises RegistryBusyError."""
        for file in sorted((self.path.parent / "kept").glob("*.json")):
            fields = json.loads(file.read_text(encoding="utf-8"))
            checkpoint = CheckpointRecord(**fields["checkpoint"]) if fields["checkpoint"] else None
            with self._write(wait_seconds) as database:
                _insert_end(database, RunEnd(**{**fields, "checkpoint": checkpoint}))
            file.unlink(missing_ok=True)

    def finish(self, run_id: str, status: str, reason: str | None, detail: str | None) -> None:
        """Note how a run ended: `finished`, `failed` or `stopped`."""
        with self._write() as database:
            _insert_end(database, RunEnd(run_id, status, reason, detail))

    def register(self, record: CheckpointRecord) -> None:
        """Add a checkpoint, which must be on disk and whole by now."""
        with self._write() as database:
            _insert_checkpoint(database, record)

    def set_scores(self, run_id: str, scores: Sequence[ScoreRecord]) -> None:
        """Enter the scores of an evaluation, in place of those that it had."""
        with self._write() as database:
            database.execute("DELETE FROM scores WHERE run_id = ?", [run_id])
            database.executemany(
                "INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(run_id, *asdict(score).values()) for score in scores],
            )

    def scores(self, run_id: str) -> list[dict[str, Any]]:
        """Return the scores of an evaluation, that of all its items first."""
        return self._select(
            "SELECT * EXCLUDE (run_id) FROM scores WHERE run_id = ? ORDER BY part <> 'all', part, metric",
            run_id,
        )

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs, the newest first, each with its last checkpoint and final loss."""
        return self._select(
            "SELECT r.* EXCLUDE (recipe), c.checkpoint_id, c.path AS checkpoint, c.step, "
            "(SELECT value FROM metrics m WHERE m.run_id = r.run_id AND m.name = 'loss' "
            "ORDER BY m.step DESC LIMIT 1) AS final_loss "
            "FROM runs r LEFT JOIN (SELECT * FROM checkpoints QUALIFY "
            "row_number() OVER (PARTITION BY run_id ORDER BY step DESC) = 1) c USING (run_id) "
            "ORDER BY r.started_at DESC, r.run_id"
        )

    def run(self, run_id: str) -> dict[str, Any]:
        """Return one run with its recipe, checkpoints and metrics. Raises KeyError naming the known ones."""
        found = [run for run in self.runs() if run["run_id"] == run_id]
        if not found:
            known = ", ".join(run["run_id"] for run in self.runs()) or "none yet"
            raise KeyError(f"received run {run_id!r}; known are: {known}")
        recipe = self._select("SELECT recipe FROM runs WHERE run_id = ?", run_id)[0]["recipe"]
        return {
            **found[0],
            "recipe": json.loads(recipe),
            "checkpoints": self._select("SELECT * FROM checkpoints WHERE run_id = ? ORDER BY step", run_id),
            "metrics": self._select(
                "SELECT name, count(*) AS steps, arg_min(value, step) AS first, "
                "arg_max(value, step) AS last, "
                "min(value) AS lowest, max(value) AS highest FROM metrics WHERE run_id = ? "
                "GROUP BY name ORDER BY name",
                run_id,
            ),
        }

    def curves(self, run_id: str) -> dict[str, list[tuple[int, float]]]:
        """Return all metrics of a run by name, each by step."""
        rows = self._select(
            "SELECT name, step, value FROM metrics WHERE run_id = ? ORDER BY name, step", run_id
        )
        found: dict[str, list[tuple[int, float]]] = {}
        for row in rows:
            found.setdefault(row["name"], []).append((row["step"], row["value"]))
        return found

    def latest_checkpoint(self, kind: str) -> dict[str, Any] | None:
        """Return the last checkpoint of the newest finished run of a kind (`sft`, `grpo`), or None."""
        rows = self._select(
            "SELECT c.* FROM checkpoints c JOIN runs r USING (run_id) WHERE r.kind = ? AND "
            "r.status = 'finished' ORDER BY r.ended_at DESC, c.step DESC LIMIT 1",
            kind,
        )
        return rows[0] if rows else None

    def checkpoint_of_run(self, run_id: str) -> dict[str, Any] | None:
        """Return the last checkpoint that a run registered, or None."""
        rows = self._select("SELECT * FROM checkpoints WHERE run_id = ? ORDER BY step DESC LIMIT 1", run_id)
        return rows[0] if rows else None

    def _select(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with suppress(RegistryBusyError, duckdb.Error, OSError):
            self.enter_kept(wait_seconds=0.0)
        if not self.path.exists():
            return []
        with self._open(read_only=True) as database:
            result = database.execute(query, list(parameters))
            columns = [column[0] for column in result.description or []]
            return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def _write(self, wait_seconds: float = _WAIT_SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open(read_only=False, wait_seconds=wait_seconds) as database:
            database.execute(_TABLES)
            database.begin()
            yield database
            database.commit()

    @contextmanager
    def _open(
        self, *, read_only: bool, wait_seconds: float = _WAIT_SECONDS
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                if not read_only and not self.path.exists():
                    create_database(self.path)
                database = duckdb.connect(str(self.path), read_only=read_only)
                break
            except duckdb.IOException as error:
                if "lock" not in str(error).lower() or time.monotonic() > deadline:
                    raise RegistryBusyError(
                        f"{self.path} can't be opened: {error}. Close it there (readers hold it too)"
                    ) from error
                time.sleep(0.05)
        with database:
            yield database


def _insert_metrics(
    database: duckdb.DuckDBPyConnection, run_id: str, metrics: Sequence[tuple[int, str, float]]
) -> None:
    database.executemany(
        "INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?)",
        [(run_id, step, name, value) for step, name, value in metrics],
    )


def _insert_checkpoint(database: duckdb.DuckDBPyConnection, record: CheckpointRecord) -> None:
    fields = {**asdict(record), "metrics": json.dumps(dict(record.metrics), sort_keys=True)}
    fields["registered_at"] = time.time()
    names, marks = ", ".join(fields), ", ".join("?" * len(fields))
    database.execute(f"INSERT OR REPLACE INTO checkpoints ({names}) VALUES ({marks})", list(fields.values()))


def _insert_end(database: duckdb.DuckDBPyConnection, end: RunEnd) -> None:
    if end.metrics:
        _insert_metrics(database, end.run_id, end.metrics)
    if end.checkpoint is not None:
        _insert_checkpoint(database, end.checkpoint)
    database.execute(
        "UPDATE runs SET status = ?, ended_at = ?, reason = ?, detail = ? WHERE run_id = ?",
        [end.status, time.time(), end.reason, end.detail, end.run_id],
    )
