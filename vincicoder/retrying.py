"""Retries an action, once for each wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def retry(
    action: Callable[[], _T],
    waits: Sequence[float],
    is_worth_it: Callable[[Exception], bool],
    on_wait: Callable[[Exception, float], object] = lambda error, seconds: None,
) -> _T:
    """Return what the action returns, trying again after each of the waits, in seconds.

    Raises the action's error at once where it is not worth another try, and after the last try. `on_wait` is
    called before each wait.
    """
    for wait in waits:
        try:
            return action()
        except Exception as error:
            if not is_worth_it(error):
                raise
            on_wait(error, wait)
            time.sleep(wait)
    return action()
