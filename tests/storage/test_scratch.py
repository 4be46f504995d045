"""Files being written belong to a process: those of living ones stay, whoever starts; those of dead go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from storage.home import Home

_WRITER = """
import sys, time
from storage.home import Home
home = Home(sys.argv[1])
with home.scratch_file(".parquet") as scratch:
    scratch.write_bytes(b"half")
    print(scratch, flush=True)
    sys.stdin.readline()
    scratch.write_bytes(b"whole")
    home.install(scratch, "stages/x/file.parquet")
print("installed", flush=True)
"""


def start_writer(home: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that is half through a file."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_build_spares_what_another_process_is_writing(tmp_path: Path) -> None:
    writer, scratch = start_writer(tmp_path)
    with Home(tmp_path).lock():
        assert scratch.read_bytes() == b"half"
    said, _ = writer.communicate("go on\n", timeout=60)
    assert (writer.returncode, said) == (0, "installed\n")
    assert (tmp_path / "stages/x/file.parquet").read_bytes() == b"whole"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_build_removes_what_a_killed_process_was_writing(tmp_path: Path) -> None:
    writer, scratch = start_writer(tmp_path)
    writer.kill()
    writer.wait()
    later = scratch.stat().st_mtime + 86_400  # as after a clock that was set back
    os.utime(scratch, (later, later))
    with Home(tmp_path).lock():
        assert not scratch.parent.exists()


def test_a_writer_that_starts_later_removes_them_too(tmp_path: Path) -> None:
    writer, scratch = start_writer(tmp_path)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    with Home(tmp_path).scratch_file(".part") as own:
        assert not scratch.parent.exists()
        assert own.parent.is_dir()


def test_what_a_build_writes_itself_survives_its_own_lock(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.scratch_file(".part") as scratch:
        scratch.write_bytes(b"half")
        with Home(tmp_path).lock():
            assert scratch.read_bytes() == b"half"
