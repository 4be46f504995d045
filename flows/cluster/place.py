"""Runs shards on the nodes of a Ray cluster: a shard's key goes out, its marker comes back.

Two shards a process of a node are in flight, so it has the next one at hand when it ends one. When a node
dies, its shards go to others; when a shard takes far longer than others of its stage, a second node gets it
too, and the first marker wins. Nodes that join while a build runs take part in it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from flows.cluster import ClusterError
from flows.cluster.actor import SentObject
from flows.cluster.nodes import Node, join, living_nodes, start_nodes
from flows.processes import ShardKilledError
from flows.shard_process import Sender
from storage.errors import HomeUnwritableError, why_unwritable
from tasks.stage import BuildStoppedError, stop_if_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence, Set

    from prefect import Task

    from flows.shard_process import Done
    from storage.home import Home
    from storage.outputs import StageOutput

logger = logging.getLogger("vincicoder")

_LOOK_SECONDS = 5.0  # between two looks at which nodes live
_NODES_LOST_SECONDS = 120.0  # without any node, before the build gives up
_END_SECONDS = 10.0
# A shard that ended this many actors (each having tried it `nodes.CALL_TRIES` times) is not given to another.
ACTORS_A_SHARD = 3
# A second copy of a shard runs where the first takes this many times the 95th percentile of its stage.
_STRAGGLES, _STRAGGLER_SECONDS, _KNOWN = 3.0, 30.0, 8


class ClusterPlace:
    """See `flows.runners.Place`. Safe to use from many threads; each waits for one shard."""

    def __init__(self, sent: Sequence[str] = ()) -> None:
        """`sent` names environment variables of this machine that nodes need."""
        self._sent_variables = sent
        self._lock = threading.Condition(threading.RLock())
        self._nodes: dict[str, Node] = {}
        self._left_out: set[str] = set()
        self._busy: dict[str, int] = defaultdict(int)
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._looked = 0.0
        self._alone_since: float | None = None
        self._gone = False  # all nodes, for too long
        self._home_uri = ""
        self._languages: Sequence[str] = ()
        self._sender = Sender(_to_store)
        self._ended = threading.Event()
        self._waiting = 0

    def begin(self, home: Home, languages: Sequence[str]) -> None:
        """Start an actor on each node that draws these languages as this machine does."""
        if home.is_local:
            raise ClusterError(
                "--engine ray needs a home that all nodes reach, such as s3://bucket/prefix; received "
                f"{home.uri}"
            )
        self._home_uri, self._languages = home.uri, languages
        found = living_nodes()
        for node in start_nodes(found, home.uri, languages, self._sent_variables, self._ended):
            self._nodes[node.node_id] = node
        self._left_out = {str(one["NodeID"]) for one in found} - self._nodes.keys()
        self._looked = time.monotonic()
        cores = sum(node.cores for node in self._nodes.values())
        logger.info("%d nodes with %d cores draw", len(self._nodes), cores)

    def function(self, task: Task[..., StageOutput]) -> Callable[..., StageOutput]:
        module, name, stage = task.fn.__module__, task.fn.__name__, str(task.name)

        def call(**arguments: Any) -> StageOutput:
            output: StageOutput = self._run(stage, module, name, self._sender.sent(arguments)).result()
            return output

        return call

    def _run(self, stage: str, module: str, name: str, arguments: dict[str, Any]) -> Done:
        import ray

        copies: dict[Any, Node] = {}
        begun: dict[Any, float] = {}  # when each copy was given to its node
        lost: list[tuple[Node, str]] = []  # where it was killed, and how
        home: Home = arguments["home"]
        with self._lock:
            self._waiting += 1
        try:
            while True:
                if self._ended.is_set():
                    raise BuildStoppedError("the build was stopped")
                stop_if_asked(home)
                self._stop_if_gone()
                if not copies or self._straggles(stage, min(begun[one] for one in copies), len(copies)):
                    node = self._take(_ids(copies.values()), _ids(one for one, _ in lost), wait=not copies)
                    if node is not None:
                        reference = node.actor.run.remote(module, name, arguments)
                        copies[reference], begun[reference] = node, time.monotonic()
                if not copies:
                    continue
                ready, _ = ray.wait(list(copies), timeout=1.0)
                for reference in ready:
                    node = copies.pop(reference)
                    self._give_back(node)
                    try:
                        done: Done = ray.get(reference)
                        killed = done.error if isinstance(done.error, ShardKilledError) else None
                    except ray.exceptions.RayError as error:
                        self._lose(node, _line(error))
                        killed = error
                    if killed is not None:  # by this node; others may have more memory
                        lost.append((node, _line(killed)))
                        if len(lost) >= ACTORS_A_SHARD:
                            raise ClusterError(_poisoned(lost)) from killed
                        continue
                    if done.error is None:
                        self._seconds[stage].append(done.value.seconds)
                    elif why := why_unwritable(done.error):
                        raise HomeUnwritableError(f"node {node.name} cannot write: {why}") from done.error
                    return done
                self._look()
                for reference, node in list(copies.items()):
                    if node.node_id not in self._nodes:
                        del copies[reference]
                        self._give_back(node)
        finally:
            for node in copies.values():
                self._give_back(node)
            with self._lock:
                self._waiting -= 1
                self._lock.notify_all()

    def _lose(self, node: Node, why: str) -> None:
        """Count a node as gone; if it lives, it joins again at the next look, with a new actor."""
        import ray

        with self._lock:
            if self._nodes.get(node.node_id) is node:
                del self._nodes[node.node_id]
                logger.warning("node %s is gone (%s): its shards go to others", node.name, why)
                ray.kill(node.actor)

    def _straggles(self, stage: str, started: float, copies: int) -> bool:
        known = sorted(self._seconds[stage])
        if copies > 1 or len(known) < _KNOWN:
            return False
        usual = known[min(int(len(known) * 0.95), len(known) - 1)]
        return time.monotonic() - started > max(_STRAGGLES * usual, _STRAGGLER_SECONDS)

    def _take(self, exclude: Set[str], avoid: Set[str], wait: bool) -> Node | None:
        """Take a place at the node with the fewest shards; where none is free, wait, or return None. Nodes to
        `avoid` are taken only where there are no others."""
        while True:
            with self._lock:
                left = self._nodes.keys() - avoid or self._nodes.keys()
                free = [
                    node
                    for name, node in self._nodes.items()
                    if name in left and name not in exclude and self._busy[name] < node.at_once
                ]
                if free:
                    node = min(free, key=lambda one: (self._busy[one.node_id] / one.cores, one.node_id))
                    self._busy[node.node_id] += 1
                    return node
                if not wait or self._ended.is_set():
                    return None
                self._lock.wait(1.0)
            self._look()
            self._stop_if_gone()

    def _stop_if_gone(self) -> None:
        if self._gone:  # for whoever waits, and for every shard that comes later
            raise ClusterError(
                "all nodes of the cluster are gone. Finished shards are kept: run the same command again"
            )

    def _give_back(self, node: Node) -> None:
        with self._lock:
            self._busy[node.node_id] -= 1
            self._lock.notify_all()

    def _look(self) -> None:
        """Every few seconds, drop nodes that died and start actors on those that joined."""
        with self._lock:
            if time.monotonic() - self._looked < _LOOK_SECONDS:
                return
            self._looked = time.monotonic()
            alive = {str(one["NodeID"]): one for one in living_nodes()}
            for node_id in [one for one in self._nodes if one not in alive]:
                self._lose(self._nodes[node_id], "it does not answer")
            fresh = [one for one in alive if one not in self._nodes and one not in self._left_out]
            self._left_out |= set(fresh)  # until it has answered
            if self._nodes:
                self._alone_since = None
            elif self._alone_since is None:
                self._alone_since = time.monotonic()
            elif time.monotonic() - self._alone_since > _NODES_LOST_SECONDS:
                self._gone = True
        if fresh:
            self._join([alive[one] for one in fresh])

    def _join(self, found: Sequence[dict[str, Any]]) -> None:
        try:
            nodes = start_nodes(found, self._home_uri, self._languages, self._sent_variables, self._ended)
        except ClusterError as error:
            logger.warning("a node that joined does not take part: %s", error)
            return
        with self._lock:
            for node in nodes:
                logger.info("node %s joined", node.name)
                self._nodes[node.node_id] = node
                self._left_out.discard(node.node_id)
            self._lock.notify_all()

    def end(self) -> None:
        """End the actors, and with them all that they run, once no thread waits for one: Ray would start a
        cluster of its own for a thread that asks it afterwards."""
        import ray

        self._ended.set()
        with self._lock:
            self._lock.wait_for(lambda: not self._waiting, _END_SECONDS)
        with suppress(ray.exceptions.RayError):
            ending = [node.actor.end.remote() for node in self._nodes.values()]
            ray.wait(ending, num_returns=len(ending), timeout=_END_SECONDS)
        for node in self._nodes.values():
            ray.kill(node.actor)


@contextmanager
def ray_place(address: str, sent: Sequence[str] = ()) -> Iterator[ClusterPlace]:
    """Join a cluster, and leave it at the end; it is never started or stopped. `sent` names environment
    variables that nodes need. Raises `ClusterError`."""
    join(address)
    import ray

    place = ClusterPlace(sent)
    try:
        yield place
    finally:
        place.end()
        ray.shutdown()


def _to_store(value: Any) -> SentObject:
    import ray

    return SentObject(ray.put(value))


def _ids(nodes: Iterable[Node]) -> set[str]:
    return {node.node_id for node in nodes}


def _poisoned(lost: Sequence[tuple[Node, str]]) -> str:
    told = "; ".join(f"{node.name}: {why}" for node, why in lost)
    return (
        f"the processes that ran this shard, or one beside it on its node, were killed ({len(lost)} of them: "
        f"{told}): is there too little memory? Smaller shards (--shard-rows) take less"
    )


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
