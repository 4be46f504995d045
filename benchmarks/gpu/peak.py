"""The most memory that processes have had, in MiB."""

from __future__ import annotations

import resource


def peak_of_process() -> int:
    """This process's."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def peak_of_children() -> int:
    """That of the largest process that this one, or one below it, has waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
