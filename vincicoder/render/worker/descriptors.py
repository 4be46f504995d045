"""What a forked process inherits open from its parent: connections to close, files to open again."""

from __future__ import annotations

import os


def open_sockets() -> tuple[int, ...]:
    """Return this process's connections to others: what a fork of it must not have."""
    return tuple(descriptor for descriptor, target in _open_descriptors() if target.startswith("socket:"))


def open_files() -> tuple[int, ...]:
    """Return this process's open files, devices and standard streams left out: matplotlib's fonts."""
    return tuple(
        descriptor
        for descriptor, target in _open_descriptors()
        if descriptor > 2 and target.startswith("/") and not target.startswith("/dev/")
    )


def reopen(descriptors: tuple[int, ...]) -> None:
    """In a fork: open these files again, each at its number and place. Raises OSError.

    A fork shares with its parent the place in an open file, and its flags: with O_DIRECT set on a font by one
    sample, no later one could read it.
    """
    for descriptor in descriptors:
        own = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
        os.lseek(own, os.lseek(descriptor, 0, os.SEEK_CUR), os.SEEK_SET)
        os.dup2(own, descriptor, inheritable=False)
        os.close(own)


def _open_descriptors() -> list[tuple[int, str]]:
    found = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - their targets are all that is asked
        try:
            found.append((int(name), os.readlink(f"/proc/self/fd/{name}")))  # noqa: PTH115
        except OSError:  # the listing's own
            continue
    return found
