"""The nodes of a cluster: which there are, whether they are like this machine, an actor on each."""

from __future__ import annotations

import importlib.util
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.cluster import ClusterError
from flows.cluster.actor import ShardActor
from flows.cluster.facts import project_differences, project_facts
from flows.processes import SHARDS_A_PROCESS, processes_for
from tasks.stage import BuildStoppedError
from vincicoder.render.agreement import differences, machine_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.cluster.actor import NodeReport

logger = logging.getLogger("vincicoder")

RENDER_RESOURCE = "render"
# A shard that kills its actor again and again must end: Ray's -1 would try it for ever.
CALL_TRIES = 2
_CONNECT_SECONDS = 5.0
_CONNECT_TRIES = "3"  # of Ray's own, some ten seconds each
_PROBE_SECONDS = 60.0
_START_SECONDS = 120.0
# What nodes take over from the driver where their own environment does not say it (`actor.sent_here`).
_SENT = ("AWS_", "GOOGLE_", "AZURE_", "VINCICODER_SCRATCH_MB")


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its actor."""

    node_id: str
    name: str
    cores: int
    actor: Any

    @property
    def at_once(self) -> int:
        """The shards that it gets at a time."""
        return SHARDS_A_PROCESS * processes_for(self.cores)


def join(address: str) -> None:
    """Join a running cluster. Raises `ClusterError`."""
    if importlib.util.find_spec("ray") is None:
        raise ClusterError("--engine ray needs Ray: pip install 'vincicoder[ray]'")
    host, separator, port = address.rpartition(":")
    if "://" in address or (address != "auto" and not (separator and port.isdigit())):
        raise ClusterError(
            f"received --ray-address {address}; it must be `auto` (a cluster that runs on this machine) or "
            "HOST:PORT of a cluster's head, such as 10.0.0.1:6379, from a machine that is one of its nodes"
        )
    if separator:
        try:
            socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
        except OSError as error:
            raise ClusterError(
                f"no cluster answers at {address} ({error}): start one with "
                f"`ray start --head --port={port}`, or give another --ray-address"
            ) from error
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", _CONNECT_TRIES)
    import ray

    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, namespace="vincicoder")
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        why = " ".join(str(error).split())
        if "ersion" in why:
            raise ClusterError(
                f"the cluster at {address} has other versions than this machine: {why}. Install the same "
                "Python (to the patch) and the same Ray on all nodes"
            ) from error
        raise ClusterError(
            f"the cluster at {address} cannot be joined: {why[:400]}. Is Ray running on this machine too "
            "(`ray start --address=HEAD:PORT`)?"
        ) from error


def living_nodes() -> list[dict[str, Any]]:
    """Return the nodes that take work: those with the resource `render`; where none has it, all with CPUs."""
    import ray

    known: Any = ray.nodes  # not typed
    alive = [node for node in known() if node["Alive"] and node["Resources"].get("CPU", 0) >= 1]
    meant = [node for node in alive if node["Resources"].get(RENDER_RESOURCE)]
    return sorted(meant or alive, key=lambda node: str(node["NodeID"]))


def start_nodes(
    found: Sequence[dict[str, Any]],
    home_uri: str,
    languages: Sequence[str],
    sent: Sequence[str],
    ended: threading.Event,
) -> list[Node]:
    """Start an actor on each of these nodes that is like this machine; of the others a warning says how they
    differ. Environment variables `sent` go there, too. Raises `ClusterError` where none is left, or one
    cannot use the home; `BuildStoppedError` once `ended` is set."""
    if not found:
        raise ClusterError("the cluster has no node with CPUs: add one with `ray start --address=HEAD:PORT`")
    same, reasons = _same_code(found, ended)
    nodes, others = _started(same, home_uri, languages, sent, ended)
    reasons += others
    if not nodes:
        raise ClusterError(f"no node of the cluster can work for this build: {' | '.join(reasons)}")
    for reason in reasons:
        logger.warning("%s", reason)
    return nodes


def _answer(reference: Any, seconds: float, ended: threading.Event) -> Any:
    """Wait for an answer. Raises what `ray.get` does; `BuildStoppedError` once the build has ended: who asked
    Ray after that would start a cluster."""
    import ray

    deadline = time.monotonic() + seconds
    while True:
        if ended.is_set():
            raise BuildStoppedError("the build was stopped")
        try:
            return ray.get(reference, timeout=1.0)
        except ray.exceptions.GetTimeoutError:
            if time.monotonic() > deadline:
                raise


def _same_code(
    found: Sequence[dict[str, Any]], ended: threading.Event
) -> tuple[list[dict[str, Any]], list[str]]:
    """Ask each node, by a function that needs nothing of this project, which versions it has; return those
    with ours, and why the others are left out."""
    import ray

    def probe() -> Any:
        try:
            from flows.cluster.facts import project_facts as facts
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return facts()

    remote: Any = ray.remote(probe)
    asked = {remote.options(num_cpus=0, scheduling_strategy=_on(node)).remote(): node for node in found}
    same: list[dict[str, Any]] = []
    reasons: list[str] = []
    for reference, node in asked.items():
        try:
            answer: Any = _answer(reference, _PROBE_SECONDS, ended)
        except BuildStoppedError:
            raise
        except Exception as error:  # it went away, or is too busy
            why = (str(error).splitlines() or [""])[0]
            reasons.append(
                f"node {_name(node)} is left out: it gives no answer ({type(error).__name__}: {why})"
            )
            continue
        if isinstance(answer, str):
            reasons.append(
                f"node {_name(node)} is left out: the project cannot be imported there ({answer}): install "
                "it as it is here"
            )
        elif found_out := project_differences(project_facts(), answer):
            reasons.append(f"node {_name(node)} is left out: {'; '.join(found_out)}")
        else:
            same.append(node)
    return same, reasons


def _started(
    found: Sequence[dict[str, Any]],
    home_uri: str,
    languages: Sequence[str],
    sent: Sequence[str],
    ended: threading.Event,
) -> tuple[list[Node], list[str]]:
    import ray

    remote: Any = ray.remote(ShardActor)
    variables = {name: value for name, value in os.environ.items() if name.startswith(_SENT) or name in sent}
    asked = []
    for entry in found:
        cores = int(entry["Resources"]["CPU"])
        marked = {RENDER_RESOURCE: 0.01} if entry["Resources"].get(RENDER_RESOURCE) else {}
        actor = remote.options(
            num_cpus=cores,
            resources=marked,
            scheduling_strategy=_on(entry),
            max_restarts=-1,  # of a process that died on a living node; calls of a dead node go to others
            max_task_retries=CALL_TRIES - 1,
            max_concurrency=2 * SHARDS_A_PROCESS * processes_for(cores),
        ).remote(cores, variables)
        node = Node(str(entry["NodeID"]), _name(entry), cores, actor)
        asked.append((node, actor.report.remote(home_uri, list(languages))))
    here = machine_facts(languages)
    nodes: list[Node] = []
    reasons: list[str] = []
    for node, reference in asked:
        try:
            report: NodeReport = _answer(reference, _START_SECONDS, ended)
        except BuildStoppedError:
            raise
        except Exception as error:
            if isinstance(error, ray.exceptions.GetTimeoutError):
                why = f"its {node.cores} CPUs were not free within {_START_SECONDS:.0f} s"
            else:
                why = f"{type(error).__name__}: {str(error).splitlines()[-1]}"
            reasons.append(f"node {node.name} is left out: {why}")
            ray.kill(node.actor)
            continue
        if report.home:
            raise ClusterError(f"node {node.name}: {report.home}")
        if differ := differences(here, report.facts):
            reasons.append(f"node {node.name} is left out, as it does not draw alike: {'; '.join(differ)}")
            ray.kill(node.actor)
        else:
            nodes.append(node)
    return nodes, reasons


def _on(node: dict[str, Any]) -> Any:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)


def _name(node: dict[str, Any]) -> str:
    return f"{node['NodeManagerHostname']} ({node['NodeID'][:8]})"
