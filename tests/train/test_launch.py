"""A trainer's whole tree ends with it, with its flow, and when it is asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vincicoder.train.launch import Launch, run_trainer

# Starts a child in a session of its own, as rollout engines do, and sleeps.
_TRAINER = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600 if len(sys.argv) < 3 else float(sys.argv[2]))
"""


def launch(tmp_path: Path, *arguments: str, code: str = _TRAINER) -> Launch:
    return Launch([sys.executable, "-c", code, *arguments], {"MARK": "1"}, tmp_path, tmp_path / "trainer.log")


def wait_for(path: Path) -> list[int]:
    for _ in range(200):
        if path.exists() and path.read_text():
            return [int(number) for number in path.read_text().split()]
        time.sleep(0.05)
    raise AssertionError(f"{path} did not appear")


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_gone(processes: list[int]) -> bool:
    for _ in range(100):
        if not any(alive(process) for process in processes):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("code", "status"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_the_status_is_the_trainers(tmp_path: Path, code: str, status: int) -> None:
    assert run_trainer(launch(tmp_path, code=code), lambda: None) == status


def test_what_the_trainer_left_running_ends_with_it(tmp_path: Path) -> None:
    assert run_trainer(launch(tmp_path, str(tmp_path / "ids"), "0"), lambda: None) == 0
    assert all_gone(wait_for(tmp_path / "ids"))


def test_an_error_of_the_follower_does_not_end_the_trainer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise KeyError("score")

    code = "import time; time.sleep(1.2); raise SystemExit(5)"
    assert run_trainer(launch(tmp_path, code=code), fail) == 5
    assert "following the trainer failed (KeyError: 'score'; 1 times so far)" in caplog.text


def test_an_interrupt_ends_the_trainer(tmp_path: Path) -> None:
    def stop() -> None:
        if (tmp_path / "ids").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trainer(launch(tmp_path, str(tmp_path / "ids")), stop)
    assert all_gone(wait_for(tmp_path / "ids"))


def test_killing_the_flow_kills_the_trainer_and_all_below_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vincicoder.train.launch import Launch, run_trainer\n"
        "folder = Path(sys.argv[1])\n"
        "command = [sys.executable, '-c', sys.argv[2], str(folder / 'ids')]\n"
        "run_trainer(Launch(command, {}, folder, folder / 'log'), lambda: None)"
    )
    flow = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), _TRAINER], env={**os.environ})
    processes = wait_for(tmp_path / "ids")
    flow.send_signal(signal.SIGKILL)
    flow.wait()
    assert all_gone(processes)


def test_the_trainer_gets_its_variables_and_not_the_servers_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    code = "import os; print(os.environ['MARK'], os.environ.get('PREFECT_API_URL'))"
    assert run_trainer(launch(tmp_path, code=code), lambda: None) == 0
    assert (tmp_path / "trainer.log").read_text() == "1 None\n"
