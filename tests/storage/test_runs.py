"""The registry of runs: restarts keep what was, readers and writers of other processes get their turn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from storage.home import Home
from storage.runs import CheckpointRecord, RegistryBusyError, RunEnd, RunRecord, RunRegistry

RUN = RunRecord("sft-a-1", "sft", "a", {"batch": 8}, "packages-1", "/m", None, "c0ffee", "0.1", "", "/runs/a")


def checkpoint(step: int, run: str = "sft-a-1") -> CheckpointRecord:
    return CheckpointRecord(
        f"{run}/{step}", run, step, f"/c/{step}", "Arch", 10, 40, "d", None, "packages-1", {"loss": 0.5}
    )


@pytest.fixture
def registry(tmp_path: Path) -> RunRegistry:
    return RunRegistry(Home(tmp_path))


def test_an_empty_registry_answers(registry: RunRegistry) -> None:
    assert registry.runs() == []
    assert registry.latest_checkpoint("sft") is None
    with pytest.raises(KeyError, match="none yet"):
        registry.run("sft-a-1")


def test_the_client_that_the_docs_name_reads_it(registry: RunRegistry) -> None:
    """It is an older DuckDB than the one that writes the registry, before and after it is written again."""
    client = str(Path(sys.executable).with_name("duckdb"))
    registry.start(RUN)
    for step in (1, 2):
        registry.add_metrics("sft-a-1", [(step, "loss", 3.0)])
        query = "SELECT run_id, step, value FROM metrics WHERE name = 'loss' ORDER BY step DESC LIMIT 1"
        command = [client, "-readonly", "-csv", "-noheader", str(registry.path), "-c", query]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.split() == [f"sft-a-1,{step},3.0"]


def test_a_run_that_goes_on_replaces_the_steps_it_trains_again(registry: RunRegistry) -> None:
    registry.start(RUN)
    registry.add_metrics("sft-a-1", [(1, "loss", 3.0), (2, "loss", 2.0)])
    registry.finish("sft-a-1", "failed", "killed", "signal SIGKILL")
    registry.start(RUN)
    registry.add_metrics("sft-a-1", [(2, "loss", 1.5), (3, "loss", 1.0)])
    registry.finish("sft-a-1", "finished", None, None)
    registry.register(checkpoint(3))
    assert registry.curves("sft-a-1")["loss"] == [(1, 3.0), (2, 1.5), (3, 1.0)]
    run = registry.run("sft-a-1")
    assert (run["status"], run["attempts"], run["reason"], run["final_loss"]) == ("finished", 2, None, 1.0)
    assert run["recipe"] == {"batch": 8}
    assert run["checkpoint"] == "/c/3"
    assert run["metrics"] == [
        {"name": "loss", "steps": 3, "first": 3.0, "last": 1.0, "lowest": 1.0, "highest": 3.0}
    ]


def test_only_finished_runs_are_the_latest(registry: RunRegistry) -> None:
    registry.start(RUN)
    registry.register(checkpoint(2))
    assert registry.latest_checkpoint("sft") is None
    registry.finish("sft-a-1", "finished", None, None)
    found = registry.latest_checkpoint("sft")
    assert found is not None
    assert found["checkpoint_id"] == "sft-a-1/2"
    assert registry.latest_checkpoint("grpo") is None


def test_a_writer_waits_for_another_process(registry: RunRegistry) -> None:
    registry.start(RUN)
    code = (
        "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(registry.path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        registry.add_metrics("sft-a-1", [(1, "loss", 2.0)])
    assert registry.curves("sft-a-1")["loss"] == [(1, 2.0)]


def test_an_end_that_can_not_be_entered_is_kept_and_entered_later(registry: RunRegistry) -> None:
    """A reader in another process keeps writers out for as long as it lives."""
    registry.start(RUN)
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(registry.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(RegistryBusyError, match="Close it there"):
            registry.add_metrics("sft-a-1", [(1, "loss", 2.0)], wait_seconds=0.0)
        end = RunEnd("sft-a-1", "finished", None, None, checkpoint(3), [(1, "loss", 2.0)])
        kept = registry.end(end, wait_seconds=0.0)
        assert kept is not None
        assert kept.exists()
        assert registry.runs()[0]["status"] == "running"
        other.communicate("")
    (run,) = registry.runs()
    assert (run["status"], run["checkpoint"], run["final_loss"]) == ("finished", "/c/3", 2.0)
    assert not kept.exists()


def test_plain_duckdb_reads_it(registry: RunRegistry) -> None:
    registry.start(RUN)
    with duckdb.connect(str(registry.path), read_only=True) as database:
        assert database.execute("SELECT recipe->>'batch' FROM runs").fetchall() == [("8",)]
