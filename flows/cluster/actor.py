"""What runs on a node: one actor with one render engine, which reads and writes the home itself."""

from __future__ import annotations

import os
import platform
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.processes import Processes, processes_for
from flows.shard_process import Done, Sent, die_with, log_to_the_driver, portable, received, run_task
from storage.errors import HomeError
from storage.home import shared_home
from storage.scratch import remove_own_folders
from vincicoder.render.agreement import MachineFacts, machine_facts
from vincicoder.sources.base import Source, SourceUnavailableError, reopened

# Variables that say who asks a store; others say where it is.
_CREDENTIAL = re.compile(r"^(AWS|GOOGLE|AZURE)_.*(KEY|SECRET|TOKEN|CREDENTIAL|ACCOUNT|PROFILE|ROLE)")


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
        for name, value in sent_here(variables, os.environ).items():
            os.environ[name] = value
        self._processes = Processes(cores) if processes_for(cores) > 1 else None
        self._checking = threading.Lock()
        self._checked: set[Any] = set()

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
        try:
            self._require_same_files(arguments)
        except Exception as error:
            return Done(error=portable(error))
        if self._processes is not None:
            return self._processes.run(module, name, received(arguments))
        return run_task(module, name, arguments, self._cores)

    def end(self) -> None:
        """End the processes and remove the scratch files: who kills this actor gives it no time for that."""
        if self._processes is not None:
            self._processes.end()
        remove_own_folders()

    def _require_same_files(self, arguments: Mapping[str, Any]) -> None:
        """Look once at the files of each source that is sent here: it brings the driver's revision."""
        for given in arguments.values():
            if isinstance(given, Sent):
                with self._checking:
                    if given not in self._checked:
                        require_same_files(received({"source": given})["source"])
                        self._checked.add(given)


def require_same_files(source: Source) -> None:
    """Raise SourceUnavailableError where this machine's files of a source are not those that it has seen."""
    why = "they are others"
    try:
        if reopened(source).revision() == source.revision():
            return
    except (SourceUnavailableError, OSError) as error:
        why = str(error)
    raise SourceUnavailableError(
        f"node {platform.node()} has not the driver's files of source {source.info.name} ({why}): every node "
        "needs the same files at the same path, such as on a shared disk"
    )


def sent_here(variables: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return which of the driver's variables a node takes over: none that it has, and of a provider's
    credentials none where it has any, or a key of one would be used with the token of the other."""
    has = {name.partition("_")[0] for name in own if _CREDENTIAL.search(name)}
    return {
        name: value
        for name, value in variables.items()
        if name not in own and not (name.partition("_")[0] in has and _CREDENTIAL.search(name))
    }
