"""A task that ends the process that runs it, as the kernel does where memory is short."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from prefect import task

from flows.cluster import ClusterError
from flows.cluster.place import ray_place
from storage.home import Home


@task(name="poison")
def poison(home: Home, tried: Path) -> Any:
    """Leave a mark of this try; return nothing, ever."""
    with tried.open("a") as stream:
        stream.write(".")
    os.kill(os.getpid(), signal.SIGKILL)


def tries_of_poison(address: str, home: str, folder: Path) -> int:
    """Give the task to a cluster; return how often it was tried before the shard was given up.

    Raises RuntimeError where it was not.
    """
    tried = folder / "tried"
    with ray_place(address) as place:
        place.begin(Home(home), ["svg"])
        try:
            place.function(poison)(home=Home(home), tried=tried)
        except ClusterError as error:
            if "were killed" in str(error):
                return len(tried.read_text())
            raise
    raise RuntimeError("a task that kills its process has returned")
