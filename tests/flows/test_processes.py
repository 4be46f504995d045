"""Shards in processes beside the driver's: the same bytes, and what happens where one is killed."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import pytest
from prefect import task

from flows.pipeline import BuildResult, run_build
from flows.processes import CORES_A_PROCESS, Processes, ShardKilledError, processes_for
from flows.runners import DirectRunner, build_place
from storage.manifest import load_manifest
from tests.corpora import write_corpus
from tests.samples import GOOD, rows
from vincicoder.config import BuildConfig
from vincicoder.render.processes import descendants

_HERE = "tests.flows.test_processes"


@task
def said(text: str) -> str:
    """A task that logs, and returns what it was given."""
    logging.getLogger("vincicoder").warning("a shard says %s", text)
    return text


class Corpus:
    """Counts how often it is pickled here."""

    pickled = 0

    def __reduce__(self) -> tuple[type[Corpus], tuple[()]]:
        Corpus.pickled += 1
        return Corpus, ()


@task
def same_corpus(corpus: Corpus) -> tuple[int, int]:
    """A task of a shard: which process it runs in, and which object it was given."""
    return os.getpid(), id(corpus)


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
        return run_build(wanted, str(home), DirectRunner(workers, place), "")


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
        ran = [processes.run(_HERE, "same_corpus", {"corpus": one}).result() for _ in range(6)]
        ran_other = processes.run(_HERE, "same_corpus", {"corpus": other}).result()
    finally:
        processes.end()
    assert Corpus.pickled == 2
    assert len(set(ran)) == len({process for process, _ in ran})  # one object in each process
    assert ran_other not in ran


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
    assert Processes(cores).at_once == 2 * count
