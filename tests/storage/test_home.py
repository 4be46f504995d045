"""The home: files are there whole or not at all, on a disk and on an object store."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from storage.errors import HomeBusyError
from storage.home import Home
from tests.s3 import BUCKET, S3Server


@pytest.fixture(params=["local", "memory", "s3"])
def home(request: pytest.FixtureRequest, tmp_path: Path, s3: S3Server) -> Home:
    places = {
        "local": tmp_path / "home",
        "memory": f"memory://{tmp_path.name}",
        "s3": f"s3://{BUCKET}/{tmp_path.name}",
    }
    return Home(places[request.param])


def test_install_moves_a_finished_file_and_leaves_no_scratch(home: Home) -> None:
    with home.scratch_file(".part") as scratch:
        scratch.write_bytes(b"data")
        home.install(scratch, "stages/x/file.bin")
    assert home.read_bytes("stages/x/file.bin") == b"data"
    assert not scratch.exists()


def test_an_interrupted_write_leaves_nothing(home: Home) -> None:
    with pytest.raises(RuntimeError), home.scratch_file(".part") as scratch:
        scratch.write_bytes(b"half")
        raise RuntimeError
    assert not scratch.exists()
    assert not home.exists("stages/x/file.bin")


def test_pointer_switches(home: Home) -> None:
    assert home.resolve_pointer("releases/sft/current") is None
    home.point("releases/sft/current", "one")
    home.point("releases/sft/current", "two")
    assert home.resolve_pointer("releases/sft/current") == "two"
    assert home.list_names("releases/sft") == ["current"]


def test_names_of_a_missing_folder_are_none(home: Home) -> None:
    assert home.list_names("stages/none") == []


def test_local_path_of_an_object_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a local folder"):
        Home(f"memory://{tmp_path.name}").local_path("x")


def _hold(folder: str, ready: multiprocessing.synchronize.Event) -> None:
    with Home(folder).lock():
        ready.set()
        time.sleep(60)


def test_lock_refuses_a_second_build_and_survives_kill_9(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path), ready))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(HomeBusyError, match="another build"), Home(tmp_path).lock():
        pass
    leftover = tmp_path / "tmp" / "1-dead.parquet"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"half")
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with Home(tmp_path).lock():
        assert not leftover.exists(), "what a killed build left behind goes when the next one starts"


def test_what_is_set_aside_keeps_its_bytes_and_takes_no_other_name(home: Home) -> None:
    for number, data in enumerate((b"one", b"two"), start=1):
        home.write_bytes("stages/x/key/kept.parquet", data)
        home.write_bytes("stages/x/memo.json", data)
        for relative, inside in (("stages/x/key", "/kept.parquet"), ("stages/x/memo.json", "")):
            moved = home.set_aside(relative)
            assert moved == f"damaged/{relative}-{number}"
            assert home.read_bytes(f"{moved}{inside}") == data
            assert not home.exists(relative)
    assert home.read_bytes("damaged/stages/x/key-1/kept.parquet") == b"one"
