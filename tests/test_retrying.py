"""Trying again: as often as there are waits, and only where it may help."""

from __future__ import annotations

import pytest

from vincicoder.retrying import retry


class Flaky:
    def __init__(self, *errors: Exception) -> None:
        self.errors, self.tries = list(errors), 0

    def __call__(self) -> str:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def is_os_error(error: Exception) -> bool:
    return isinstance(error, OSError)


def test_it_tries_once_more_than_there_are_waits() -> None:
    waited: list[tuple[str, float]] = []
    action = Flaky(OSError("a"), OSError("b"))
    found = retry(action, [0.0, 0.001], is_os_error, lambda error, wait: waited.append((str(error), wait)))
    assert (found, action.tries, waited) == ("done", 3, [("a", 0.0), ("b", 0.001)])
    action = Flaky(OSError("a"), OSError("b"), OSError("c"))
    with pytest.raises(OSError, match="c"):
        retry(action, [0.0, 0.0], is_os_error)
    assert action.tries == 3


def test_an_error_that_lasts_is_raised_at_once() -> None:
    action = Flaky(ValueError("bad"), OSError("a"))
    with pytest.raises(ValueError, match="bad"):
        retry(action, [9.0, 9.0], is_os_error)
    assert action.tries == 1
