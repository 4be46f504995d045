"""One arena for each file of the conformance suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vincicoder.render.self_check.arena import Arena

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")  # not longer: it moves this process's temporary folder
def arena() -> Iterator[Arena]:
    """The engine under attack."""
    with Arena() as opened:
        yield opened
