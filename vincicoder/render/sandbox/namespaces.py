"""Private namespaces for a worker: processes, mounts, network, IPC, host name, and users if not root."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from vincicoder.render.sandbox import kernel

# Where a worker's private temporary file system lies: a directory that every Linux has and that no
# Python installation or source tree is in, so that nothing needed gets hidden.
LEAST_BYTES = 4096
"""That a file or folder counts for, so that empty ones are bounded too."""

SCRATCH_MOUNT = Path("/dev/shm")

# The worker's workspace in it.
WORKSPACE = SCRATCH_MOUNT / "work"

_FLAGS = (
    kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
)


def enter() -> None:
    """Move this process into new namespaces; its next child is process 1 of the new process tree.

    The caller must have one thread only. Raises OSError where the system forbids it.
    """
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        try:
            kernel.unshare(_FLAGS)
            return
        except PermissionError:
            pass  # root without CAP_SYS_ADMIN, as in most containers: try as a user would
    kernel.unshare(kernel.CLONE_NEWUSER | _FLAGS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def furnish(scratch_bytes: int) -> None:
    """As process 1: mount a fresh /proc and the private scratch, bounded to `scratch_bytes`.

    A file or folder counts for a page at least: so many empty ones would take the kernel's memory, which no
    limit counts, and long to be removed. Raises OSError.
    """
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    kernel.mount(
        "tmpfs",
        str(SCRATCH_MOUNT),
        "tmpfs",
        kernel.MS_NOSUID | kernel.MS_NODEV,
        f"size={scratch_bytes},nr_inodes={scratch_bytes // LEAST_BYTES},mode=0700",
    )


def freeze_files() -> None:
    """Make everything but the scratch read-only, once the worker has written what it had to.

    Raises OSError; on Linux before 5.12, which cannot, it does nothing: Landlock forbids it there.
    """
    try:
        kernel.make_read_only("/")
        kernel.make_writable(str(SCRATCH_MOUNT))
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
