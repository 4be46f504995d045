"""One engine, one listener and one canary for the whole conformance suite."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from tests.conformance.harness import LIMITS, SECRET, Listener
from vincicoder.render import RenderEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file that no sample may read or change."""
    path = tmp_path_factory.mktemp("canary") / "secret.txt"
    path.write_text(SECRET)
    yield path
    assert path.read_text() == SECRET


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    """A loopback listener that nobody may reach."""
    listening = Listener()
    listening.start()
    yield listening
    listening.stop()


@pytest.fixture(scope="module")  # not longer: it moves this process's temporary folder
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RenderEngine]:
    """The engine under attack, with a secret in its own environment and a temporary folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("engine")))
        patch.setenv("VINCICODER_CANARY", SECRET)
        with RenderEngine(LIMITS, workers=1) as opened:
            yield opened
