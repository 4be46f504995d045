"""Shards in processes beside the driver's: the same bytes, and what happens where one is killed."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prefect import task

import flows.processes
from flows.cluster import SHARDS_WAITING
from flows.pipeline import BuildResult, run_build
from flows.processes import CORES_A_PROCESS, Processes, ShardKilledError, processes_for
from flows.runners import DirectRunner, build_place, shards_at_once
from storage.manifest import load_manifest
from storage.scratch import scratch_folder
from tests.corpora import write_corpus
from tests.samples import GOOD, rows
from vincicoder.config import BuildConfig
from vincicoder.render.processes import descendants
from vincicoder.sample import InfrastructureError

_HERE = "tests.flows.test_processes"


@task
def said(text: str) -> str:
    """A task that logs, and returns what it was given."""
    logging.getLogger("vincicoder").warning("a shard says %s", text)
    return text


class Corpus:
    """Counts how often it is pickled here."""

    pickled = 0

    def __reduce__(self) -> tuple[Callable[[], Corpus], tuple[()]]:
        Corpus.pickled += 1
        return _slowly, ()


def _slowly() -> Corpus:
    time.sleep(0.3)  # two that are read at a time would both be there
    return Corpus()


@task
def same_corpus(corpus: Corpus) -> tuple[int, int]:
    """A task of a shard: which process it runs in, and which object it was given."""
    return os.getpid(), id(corpus)


@task
def failing(mark: Path) -> None:
    """A task that fails through no fault of its shard."""
    with mark.open("a") as stream:
        stream.write("tried\n")
    raise InfrastructureError("the store does not answer")


@task
def room() -> str:
    """A task that says how much its process may fetch."""
    return os.environ["VINCICODER_SCRATCH_MB"]


@task
def with_scratch(root: Path) -> Path:
    """A task that writes to a file of its process."""
    folder = scratch_folder(root)
    (folder / "fetched").write_text("x")
    return folder


@task
def killed_once(mark: Path) -> int:
    """A task whose process is killed at the first try."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


@task
def killed() -> None:
    """A task whose process is killed at each try."""
    os.kill(os.getpid(), signal.SIGKILL)


def build(config: Path, home: Path, workers: int) -> BuildResult:
    wanted = BuildConfig(profile=None, source_configs=(config,), shard_rows=2, workers=workers)
    with build_place(wanted) as place:
        assert (place is None) == (workers <= CORES_A_PROCESS)
        return run_build(wanted, str(home), DirectRunner(shards_at_once(wanted), place), "")


def test_a_build_in_processes_gives_the_same_bytes_and_leaves_nothing(tmp_path: Path) -> None:
    config = write_corpus(tmp_path, "own", rows([case for case in GOOD if case[2] == "svg"]))
    before = set(descendants(os.getpid()))
    here = build(config, tmp_path / "here", 1)
    beside = build(config, tmp_path / "beside", CORES_A_PROCESS + 1)
    assert set(descendants(os.getpid())) - before <= _trackers()
    assert (beside.version, beside.kept, beside.made) == (here.version, here.kept, here.made)
    assert here.kept > 0
    first, second = Path(here.release), Path(beside.release)
    for path in ["manifest.json", *(file.path for file in load_manifest(first).files)]:
        assert (first / path).read_bytes() == (second / path).read_bytes(), path
    assert hashed_again(config, tmp_path / "beside") == hashed_again(config, tmp_path / "here")


def hashed_again(config: Path, home: Path) -> list[str]:
    """Build once more, where all is done; return what is compared with its hash."""
    hashed: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.outputs._check_content", lambda _home, path, _digest: hashed.append(path))
        build(config, home, 1)
    return sorted(hashed)


def _trackers() -> set[int]:
    """Python's own helper of processes that were started, of which one stays."""
    found = descendants(os.getpid())
    return {pid for pid in found if b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_what_a_process_logs_reaches_the_driver(caplog: pytest.LogCaptureFixture) -> None:
    processes = Processes(8)
    try:
        with caplog.at_level(logging.INFO, "vincicoder"):
            assert processes.run(_HERE, "said", {"text": "something"}).result() == "something"
        assert ("vincicoder", logging.WARNING, "a shard says something") in caplog.record_tuples
    finally:
        processes.end()


def test_a_corpus_goes_to_a_process_once() -> None:
    processes, one, other = Processes(8), Corpus(), Corpus()
    try:
        with ThreadPoolExecutor(4) as threads:
            asked = [threads.submit(processes.run, _HERE, "same_corpus", {"corpus": one}) for _ in range(8)]
        ran = [one.result().result() for one in asked]
        ran_other = processes.run(_HERE, "same_corpus", {"corpus": other}).result()
    finally:
        processes.end()
    assert Corpus.pickled == 2
    assert len(set(ran)) == len({process for process, _ in ran})  # one object in each process
    assert ran_other not in ran


def test_a_process_that_has_nothing_to_do_removes_its_files_as_it_ends(tmp_path: Path) -> None:
    processes = Processes(8)
    folder = processes.run(_HERE, "with_scratch", {"root": tmp_path}).result()
    assert (folder / "fetched").exists()
    processes.end()
    assert not folder.exists()


def test_processes_share_the_room_for_fetched_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_SCRATCH_MB", "900")
    processes = Processes(8)
    try:
        assert processes.run(_HERE, "room", {}).result() == "450"
    finally:
        processes.end()


def test_a_shard_that_fails_is_tried_by_who_sent_it(tmp_path: Path) -> None:
    """Else each of their tries would be three."""
    processes = Processes(8)
    try:
        with pytest.raises(InfrastructureError):
            processes.run(_HERE, "failing", {"mark": tmp_path / "mark"}).result()
    finally:
        processes.end()
    assert (tmp_path / "mark").read_text() == "tried\n"


def test_a_process_that_is_killed_as_it_starts_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    started = flows.processes._started
    left = [2]

    def killed_twice(count: int) -> object:
        if left[0]:
            left[0] -= 1
            raise EOFError
        return started(count)

    monkeypatch.setattr(flows.processes, "_started", killed_twice)
    processes = Processes(8)
    try:
        assert processes.run(_HERE, "said", {"text": "on"}).result() == "on"
        left[0] = 9
        for process in processes._processes:
            process.busy = 1  # so that a further one is to start
        with pytest.raises(ShardKilledError, match="is there too little memory"):
            processes.run(_HERE, "said", {"text": "on"}).result()
    finally:
        processes.end()


def test_a_shard_whose_process_is_killed_runs_in_another(tmp_path: Path) -> None:
    processes = Processes(8)
    try:
        ran = processes.run(_HERE, "killed_once", {"mark": tmp_path / "mark"}).result()
        assert ran not in (0, os.getpid())
        with pytest.raises(ShardKilledError, match=r"were killed \(3 of them\): is there too little memory"):
            processes.run(_HERE, "killed", {}).result()
        assert processes.run(_HERE, "said", {"text": "on"}).result() == "on"
    finally:
        processes.end()
    assert not Path(f"/proc/{ran}").exists()


@pytest.mark.parametrize(("cores", "count"), [(1, 1), (4, 1), (5, 2), (64, 16), (66, 17)])
def test_there_is_a_process_for_each_four_cores(cores: int, count: int) -> None:
    assert processes_for(cores) == count


@pytest.mark.parametrize(
    ("engine", "workers", "count"),
    [
        ("local", 1, 1),
        ("local", 4, 4),
        ("local", 5, 4),
        ("local", 64, 32),
        ("local", 66, 34),
        ("ray", 2, SHARDS_WAITING),
    ],
)
def test_as_many_shards_are_started_as_run_or_wait_for_a_node(engine: str, workers: int, count: int) -> None:
    config = BuildConfig.model_validate({"engine": engine, "workers": workers})
    assert shards_at_once(config) == count
