"""What runs on a node: one actor with one render engine, which reads and writes the home itself."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.processes import Processes, processes_for
from flows.shard_process import Done, Sent, die_with, log_to_the_driver, received, run_task
from storage.errors import HomeError
from storage.home import shared_home
from vincicoder.render.agreement import MachineFacts, machine_facts


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What a node says of itself before work starts; `home` says why it cannot use the home, or is ''."""

    host: str
    facts: MachineFacts
    home: str


@dataclass(frozen=True)
class SentObject(Sent):
    """An argument in Ray's object store; a node gets it once."""

    reference: Any

    def value(self) -> Any:
        import ray

        return ray.get(self.reference)


class ShardActor:
    """Runs tasks by name, some at a time. A node's own settings go before those of the driver."""

    def __init__(self, cores: int, variables: Mapping[str, str]) -> None:
        self._cores = cores
        die_with(os.getppid())
        log_to_the_driver()
        for name, value in variables.items():
            os.environ.setdefault(name, value)
        self._processes = Processes(cores) if processes_for(cores) > 1 else None

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
        """Run a shard's task, in a process of its own kind where the node has more cores than one uses."""
        if self._processes is not None:
            return self._processes.run(module, name, received(arguments))
        return run_task(module, name, arguments, self._cores)
