"""What runs on a node: one actor with one render engine, which reads and writes the home itself."""

from __future__ import annotations

import ctypes
import os
import pickle
import platform
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flows.retries import with_retries
from storage.errors import HomeError
from storage.home import shared_home
from vincicoder.render.agreement import MachineFacts, machine_facts

_PR_SET_PDEATHSIG = 1  # of linux/prctl.h


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What a node says of itself before work starts; `home` says why it cannot use the home, or is ''."""

    host: str
    facts: MachineFacts
    home: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a task returned, or the error that it ended with."""

    value: Any = None
    error: Exception | None = None


class ShardActor:
    """Runs tasks by name, some at a time. A node's own settings go before those of the driver."""

    def __init__(self, cores: int, variables: Mapping[str, str]) -> None:
        self._cores = cores
        _die_with_the_node()
        for name, value in variables.items():
            os.environ.setdefault(name, value)

    def report(self, home_uri: str, languages: Sequence[str]) -> NodeReport:
        """Say what this node draws with, and whether it can write to the home."""
        problem = ""
        try:
            store = shared_home(home_uri).objects
            if store is not None:
                store.require_conditions()
        except HomeError as error:
            problem = str(error)
        return NodeReport(platform.node(), machine_facts(languages), problem)

    def run(self, module: str, name: str, arguments: Mapping[str, Any]) -> Done:
        """Run a shard's task. Renders at a time are this node's cores."""
        task = getattr(import_module(module), name)
        own = {"workers": self._cores} if "workers" in arguments else {}
        try:
            return Done(with_retries(task.fn, {**arguments, **own}))
        except Exception as error:
            return Done(error=_portable(error))


def _die_with_the_node() -> None:
    """End this process at the moment in which its node's daemon, which started it, ends.

    Left to Ray, it works on for seconds while what it started is ended below it, and might take that for the
    fault of the programs that were being drawn.
    """
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before that
        os.kill(os.getpid(), signal.SIGKILL)


def _portable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
