"""What runs shards in a process that is not the driver's: on a node of a cluster, or beside the driver."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from vincicoder.render.sandbox.kernel import die_with_parent

_LOGGER = logging.getLogger("vincicoder")

# Arguments that all shards of a source share. What a source knows of a million rows is megabytes, so it goes
# to a process once, not with each shard.
SHARED_ARGUMENTS = ("corpus",)


@dataclass(frozen=True, slots=True)
class Done:
    """What a task returned, or the error that it ended with; and what was logged meanwhile: levels, texts."""

    value: Any = None
    error: Exception | None = None
    logged: tuple[tuple[int, str], ...] = ()

    def result(self) -> Any:
        """Log here what was logged there; return the value, or raise the error."""
        for level, text in self.logged:
            _LOGGER.log(level, "%s", text)
        if self.error is not None:
            raise self.error
        return self.value


class Sent(ABC):
    """An argument that lies where a process can get it."""

    @abstractmethod
    def value(self) -> Any:
        """Get it from there."""


class Sender:
    """Sends what all shards of a source share by `send`, each value once. Safe to share between threads."""

    def __init__(self, send: Callable[[Any], Sent]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._sent: dict[int, tuple[Sent, Any]] = {}

    def sent(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return a task's arguments with what stands for shared ones."""
        with self._lock:
            return {
                name: self._once(value) if name in SHARED_ARGUMENTS else value
                for name, value in arguments.items()
            }

    def _once(self, value: Any) -> Sent:
        if id(value) not in self._sent:
            self._sent[id(value)] = (self._send(value), value)  # kept, or its id might become another's
        return self._sent[id(value)][0]


_receiving = threading.Lock()
_received: dict[Sent, Any] = {}


def received(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments, with those in full that were sent another way: one object for all tasks."""
    with _receiving:  # or threads that ask at once would each get a copy
        for given in arguments.values():
            if isinstance(given, Sent) and given not in _received:
                _received[given] = given.value()
        return {
            name: _received[given] if isinstance(given, Sent) else given for name, given in arguments.items()
        }


class _Kept(logging.Handler):
    """Keeps what this process logs, for whoever asks it next."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: deque[tuple[int, str]] = deque(maxlen=1000)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append((record.levelno, record.getMessage()))

    def taken(self) -> tuple[tuple[int, str], ...]:
        taken = []
        with suppress(IndexError):  # another thread may take some too
            while True:
                taken.append(self.records.popleft())
        return tuple(taken)


_kept = _Kept()


def log_to_the_driver() -> None:
    """From now on, what this process logs goes to the driver with the next shard that ends."""
    if _kept not in _LOGGER.handlers:
        _LOGGER.addHandler(_kept)
        _LOGGER.setLevel(logging.INFO)
        _LOGGER.propagate = False


def run_task(module: str, name: str, arguments: Mapping[str, Any], cores: int) -> Done:
    """Run a shard's task once; who sent it tries it again. Renders at a time are these cores."""
    own = {"workers": cores} if "workers" in arguments else {}
    try:
        task = getattr(import_module(module), name)
        return Done(task.fn(**{**received(arguments), **own}), logged=_kept.taken())
    except Exception as error:
        return Done(error=portable(error), logged=_kept.taken())


def die_with(parent: int) -> None:
    """End this process at the moment in which its parent ends. Call it from the main thread.

    Else it works on for seconds while what it started is ended below it, and might take that for the fault of
    the programs that were being drawn.
    """
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that
        os.kill(os.getpid(), signal.SIGKILL)


def portable(error: Exception) -> Exception:
    """Return an error that can be sent: one that cannot be pickled goes as its text."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
