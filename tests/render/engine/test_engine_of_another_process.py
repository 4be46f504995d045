"""An engine in a fork of its process, one that could not be opened, and workers that state nonsense."""

from __future__ import annotations

import os
import signal
import time

import pytest

import tasks.sft.engine
from tasks.sft.engine import engine_scope, shared_engine
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.render.configuration import WorkerConfiguration
from vincicoder.render.engine.handle import Job
from vincicoder.render.engine.results import checked_seconds, from_message
from vincicoder.sample import InfrastructureError

_ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="9" height="9"/></svg>'


def test_a_fork_is_told_whose_engine_it_is_and_ends_nothing() -> None:
    request = RenderRequest("1", "svg", _ICON)
    with RenderEngine(workers=1) as engine:
        (before,) = engine.render([request])
        child = os.fork()
        if not child:
            code = 9
            try:
                list(engine.render([request]))
            except RuntimeError as error:
                code = 7 if f"belongs to process {os.getppid()}" in str(error) else 8
            engine.close()
            os._exit(code)
        deadline = time.monotonic() + 60
        while (found := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                pytest.fail("the child hangs")
            time.sleep(0.02)
        assert os.waitstatus_to_exitcode(found[1]) == 7
        (after,) = engine.render([request])
        assert after.png == before.png


def test_an_engine_that_could_not_be_opened_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fail(_self: RenderEngine) -> RenderEngine:
        calls.append(1)
        raise InfrastructureError("the sandbox does not hold")

    with engine_scope():
        with monkeypatch.context() as patch:
            patch.setattr(RenderEngine, "__enter__", fail)
            for _ in range(2):
                with pytest.raises(InfrastructureError, match="does not hold"):
                    shared_engine(RenderLimits(), workers=1, require_sandbox=False)
        assert len(calls) == 2
        assert tasks.sft.engine._engine is None
        engine = shared_engine(RenderLimits(), workers=1, require_sandbox=False)
        (result,) = engine.render([RenderRequest("1", "svg", _ICON)])
        assert result.png is not None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phash": 1 << 70}, "a phash of"),
        ({"phash": -1}, "a phash of"),
        ({"phash": True}, "a phash of"),
        ({"phash": "7"}, "a phash of"),
        ({"seconds": float("nan")}, "a time of nan"),
        ({"seconds": float("inf")}, "a time of inf"),
        ({"seconds": -1}, "a time of -1"),
        ({"pixels_sha256": "f" * 63}, "a sha256 of"),
        ({"pixels_sha256": "F" * 64}, "a sha256 of"),
        ({"pixels_sha256": None}, "a sha256 of"),
        ({"width": 1 << 40}, "picture of"),
    ],
)
def test_what_no_honest_worker_says_is_refused(changed: dict[str, object], words: str) -> None:
    configuration = WorkerConfiguration("svg", RenderLimits(), "png", True, (), 1, "", -1, -1)
    job = Job(RenderRequest("1", "svg", _ICON), lambda _job, _result: None)
    message = {
        "seconds": 0.5,
        "width": 2,
        "height": 2,
        "phash": (1 << 64) - 1,
        "pixels_sha256": "0" * 64,
        "thumbnail": "00" * 768,
        "notes": [],
    }  # fmt: skip
    assert from_message(job, configuration, message, bytearray(b"png")).phash == (1 << 64) - 1
    with pytest.raises(ValueError, match=words):
        from_message(job, configuration, {**message, **changed}, bytearray(b"png"))


def test_times_of_a_hand_over_are_looked_at_too() -> None:
    assert checked_seconds(1) == 1.0
    with pytest.raises(ValueError, match="a time of nan"):
        checked_seconds("nan")
