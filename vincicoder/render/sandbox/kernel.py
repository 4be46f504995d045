"""The few Linux calls that the standard library lacks, with their errors raised as OSError."""

from __future__ import annotations

import ctypes
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 0x4000, 0x40000

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY = 1
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture, like all newer calls
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522


def check(result: int, what: str) -> int:
    """Return a C call's result, or raise OSError with errno when it is negative."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def system_call(number: int, *arguments: object) -> int:
    """Make a raw system call."""
    return int(_libc.syscall(ctypes.c_long(number), *arguments))


def unshare(flags: int) -> None:
    """Move the calling process into new namespaces. Raises OSError."""
    check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system. Raises OSError."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode() or None
    )
    check(result, f"mount {target}")


def make_read_only(path: str) -> None:
    """Turn every mount at and below `path` read-only (Linux 5.12 and later). Raises OSError."""
    _set_mount_attributes(path, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY, 0)


def make_writable(path: str) -> None:
    """Undo `make_read_only` for the one mount at `path`. Raises OSError."""
    _set_mount_attributes(path, 0, 0, _MOUNT_ATTR_RDONLY)


def _set_mount_attributes(path: str, flags: int, to_set: int, to_clear: int) -> None:
    attributes = (ctypes.c_uint64 * 4)(to_set, to_clear, 0, 0)
    result = system_call(
        _SYS_MOUNT_SETATTR,
        ctypes.c_int(_AT_FDCWD),
        path.encode(),
        ctypes.c_uint(flags),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    check(result, f"mount_setattr {path}")


def _prctl(option: int, argument: int, what: str) -> None:
    zero = ctypes.c_ulong(0)
    check(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(argument), zero, zero, zero), what)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel signal this process when the thread that created it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal_number, "prctl PR_SET_PDEATHSIG")


def adopt_orphans() -> None:
    """Become the parent of every orphaned descendant, so that none can slip away."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, "prctl PR_SET_CHILD_SUBREAPER")


def forbid_new_privileges() -> None:
    """Make set-uid programs powerless for this process and its children."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "prctl PR_SET_NO_NEW_PRIVS")


def drop_capabilities() -> None:
    """Give up every capability, for good. Raises OSError where the kernel refuses."""
    if os.geteuid() == 0:
        for capability in range(64):
            try:
                _prctl(_PR_CAPBSET_DROP, capability, "prctl PR_CAPBSET_DROP")
            except OSError:
                break  # past the last capability of this kernel, or not ours to drop
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    number = _SYS_CAPSET.get(platform.machine())
    if number is None:
        raise OSError(f"capset: unknown number on {platform.machine()}")
    check(system_call(number, ctypes.byref(header), ctypes.byref(data)), "capset")


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Have malloc reuse picture-sized blocks, not return each to the kernel and fault it in again."""
    mallopt = getattr(_libc, "mallopt", None)  # glibc only
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        mallopt(_M_TRIM_THRESHOLD, 256 << 20)


_MADV_HUGEPAGE, _MADV_COLLAPSE = 14, 25
_HUGE_PAGE_BYTES = 2 << 20


def use_huge_pages() -> None:
    """Put this process's anonymous memory on huge pages, where the kernel can (Linux 6.1 and later).

    A fork copies one entry for each page: with huge ones it takes half the time.
    """
    with open("/proc/self/maps") as lines:
        mappings = [line.split(maxsplit=5) for line in lines]
    for fields in mappings:
        name = fields[5].strip() if len(fields) > 5 else ""
        start, end = (int(text, 16) for text in fields[0].split("-"))
        if fields[1] == "rw-p" and name in ("", "[heap]") and end - start >= _HUGE_PAGE_BYTES:
            for advice in (_MADV_HUGEPAGE, _MADV_COLLAPSE):
                _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), ctypes.c_int(advice))
