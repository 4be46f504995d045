"""Landlock: the kernel's own allow-list of files, ports and signals, for root and users alike."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from vincicoder.render.sandbox.kernel import check, system_call

_SYS_CREATE, _SYS_ADD_RULE, _SYS_RESTRICT = 444, 445, 446
_RULE_PATH_BENEATH = 1
_VERSION_FLAG = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK, _TRUNCATE, _IOCTL_DEVICE = 1 << 6, 1 << 11, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
# How many file access bits each version of the interface handles.
_ACCESS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_BIND_AND_CONNECT = 3  # from version 4
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3  # from version 6


def version() -> int:
    """Return the kernel's Landlock version, 0 where there is none."""
    found = system_call(_SYS_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG))
    return max(found, 0)


def create_ruleset(read_only: Iterable[Path], read_write: Iterable[Path]) -> int:
    """Return a descriptor of a rule set that allows these paths and what lies below them.

    Everything else is refused: other files, TCP ports (version 4), signals to and abstract sockets
    of processes outside (version 6). Paths that do not exist are skipped. Raises OSError.
    """
    abi = version()
    if abi < 1:
        raise OSError("Landlock is not available in this kernel")
    handled = (1 << _ACCESS_BITS[min(abi, 5)]) - 1
    attributes = struct.pack(
        "QQQ",
        handled,
        _NET_BIND_AND_CONNECT if abi >= 4 else 0,
        _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0,
    )
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = check(
        system_call(_SYS_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint(0)), "landlock create"
    )
    reading = _EXECUTE | _READ_FILE | _READ_DIR
    writing = handled & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK)
    for path in read_only:
        _allow(ruleset, path, reading & handled)
    for path in read_write:
        _allow(ruleset, path, writing)
    return ruleset


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return
    try:
        if not path.is_dir():
            access &= _ON_FILES
        rule = struct.pack("=QI", access, descriptor)
        added = system_call(
            _SYS_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_RULE_PATH_BENEATH), rule, ctypes.c_uint(0)
        )
        check(added, f"landlock rule for {path}")
    finally:
        os.close(descriptor)


def restrict_self(ruleset: int) -> None:
    """Bind this process and its future children to the rule set (no new privileges must be set)."""
    check(system_call(_SYS_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint(0)), "landlock restrict")
