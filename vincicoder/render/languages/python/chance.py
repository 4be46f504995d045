"""Seeds random numbers and fixes the clock, so that a Python sample draws the same picture every time."""

from __future__ import annotations

import datetime
import random
import re
import time
from typing import Any

# Wednesday 15 January 2025, noon UTC.
FIXED_SECONDS = 1_736_942_400.0
_RealDatetime = datetime.datetime
_RealDate = datetime.date
_ASKS_FOR_THE_TIME = re.compile(r"\b(now|today|utcnow|time|localtime|gmtime|ctime|strftime)\s*\(")


def seed_python() -> None:
    """In a sample's process: seed Python's generator, which reseeds itself from the system at every fork."""
    random.seed(0)


def seed_numpy() -> None:
    """In the warm process, after imports: seed numpy's global generator, which no later fork finds used."""
    import numpy as np

    np.random.seed(0)


def fix_new_generators() -> None:
    """In the warm process: seed Python's and numpy's new generators where the code gives no seed."""
    import numpy as np

    original, seed_as_asked = np.random.default_rng, random.Random.seed

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed_as_asked(self, 0 if a is None else a, version)

    random.Random.seed = seed  # type: ignore[method-assign]
    random.seed = random._inst.seed

    def default_rng(seed: Any = None) -> Any:
        return original(0 if seed is None else seed)

    np.random.default_rng = default_rng


def fix_clock(code: str) -> None:
    """Stop the wall clock for code that reads it; `perf_counter` and `monotonic` go on.

    `pandas.Timestamp.now` and `numpy.datetime64("now")` read the system's own clock and still differ.
    """
    if not _ASKS_FOR_THE_TIME.search(code):
        return
    real_gmtime, real_localtime = time.gmtime, time.localtime
    real_strftime, real_ctime = time.strftime, time.ctime
    time.time = lambda: FIXED_SECONDS
    time.time_ns = lambda: int(FIXED_SECONDS) * 10**9
    time.gmtime = lambda seconds=None: real_gmtime(FIXED_SECONDS if seconds is None else seconds)
    time.localtime = lambda seconds=None: real_localtime(FIXED_SECONDS if seconds is None else seconds)
    time.ctime = lambda seconds=None: real_ctime(FIXED_SECONDS if seconds is None else seconds)
    time.strftime = lambda form, moment=None: real_strftime(form, moment or real_localtime(FIXED_SECONDS))
    _fix_datetime()


def _fix_datetime() -> None:
    class Alike(type):
        """Lets the stand-ins recognise what the real classes made."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, cls.__mro__[1])

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, cls.__mro__[1])

    class FixedDatetime(_RealDatetime, metaclass=Alike):
        """Makes real datetimes; only what `now` says is fixed."""

        def __new__(cls, *arguments: Any, **options: Any) -> Any:
            return _RealDatetime(*arguments, **options)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return _RealDatetime.fromtimestamp(FIXED_SECONDS, tz)

        @classmethod
        def utcnow(cls) -> Any:
            return _RealDatetime.fromtimestamp(FIXED_SECONDS, datetime.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return _RealDatetime.fromtimestamp(FIXED_SECONDS)

    class FixedDate(_RealDate, metaclass=Alike):
        """Makes real dates; only what `today` says is fixed."""

        def __new__(cls, *arguments: Any, **options: Any) -> Any:
            return _RealDate(*arguments, **options)

        @classmethod
        def today(cls) -> Any:
            return _RealDate.fromtimestamp(FIXED_SECONDS)

    FixedDatetime.__name__, FixedDate.__name__ = "datetime", "date"
    datetime.datetime, datetime.date = FixedDatetime, FixedDate  # type: ignore[misc]
