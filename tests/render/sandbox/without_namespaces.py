"""Runs a program as in a container that forbids namespaces: `python without_namespaces.py PROGRAM ...`.

A seccomp filter refuses new namespaces and mounts with EPERM, as the default profile of container engines
does; it binds the program and all it starts.
"""

from __future__ import annotations

import errno
import os
import sys

import pyseccomp  # type: ignore[import-untyped]

_NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
_REFUSED = ("unshare", "setns", "mount", "umount2", "mount_setattr", "move_mount", "fsopen", "pivot_root")


def forbid_namespaces() -> None:
    """Bind this process and its children to the filter."""
    refuse = pyseccomp.ERRNO(errno.EPERM)
    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in _REFUSED:
        program.add_rule(refuse, name)
    program.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags cannot be read by a filter
    for flag in _NEW_NAMESPACES:
        program.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    program.load()


if __name__ == "__main__":
    forbid_namespaces()
    os.execv(sys.argv[1], sys.argv[1:])
