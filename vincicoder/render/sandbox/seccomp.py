"""Seccomp filters: system calls that no picture needs answer EPERM."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import tempfile

from vincicoder.render.sandbox import kernel

# Administration, tracing, and kernel surfaces with a history of holes: refused in every worker.
_REFUSED_ALWAYS = [
    "acct",
    "add_key",
    "adjtimex",
    "bpf",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mount",
    "mount_setattr",
    "move_mount",
    "name_to_handle_at",
    "nfsservctl",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pivot_root",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "request_key",
    "sethostname",
    "setdomainname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "userfaultfd",
    "vhangup",
]
# What code that only draws has no use for: processes, sockets, device nodes, signals to others.
_REFUSED_TO_SAMPLES = [
    "execve",
    "execveat",
    "fork",
    "vfork",
    "socket",
    "socketpair",
    "mknod",
    "mknodat",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "setpgid",
    "setsid",
    "shmget",
    "shmat",
    "msgget",
    "semget",
    "mq_open",
    "memfd_create",  # memory that no limit counts
    "memfd_secret",
    "setpriority",
    "ioprio_set",
    "sched_setaffinity",
    "sched_setattr",
    "sched_setparam",
    "sched_setscheduler",
    "migrate_pages",
    "move_pages",
    "process_madvise",
    "process_mrelease",
]
# Modes, owners, times and attributes of files, which Landlock leaves to whoever owns them, wherever they are:
# such a call succeeds and does nothing, so that code which copies a file goes on.
_WITHOUT_EFFECT: list[str | int] = [
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    # By the number that every architecture gives them, as libseccomp may be older:
    452,  # fchmodat2
    463,  # setxattrat
    466,  # removexattrat
    469,  # file_setattr
]
# ioctl's FS_IOC_SETFLAGS (with 64 and 32 bits) and FS_IOC_FSSETXATTR: attributes too.
_SET_ATTRIBUTES = (0x40086602, 0x40046602, 0x401C5820)
# fcntl's F_SETOWN, F_SETSIG and F_SETOWN_EX: any signal, to any process, once a descriptor is ready.
_SIGNAL_OTHERS = (8, 10, 15)
_CLONE_THREAD = 0x10000
_NEW_NAMESPACES = (
    kernel.CLONE_NEWNS,
    kernel.CLONE_NEWUTS,
    kernel.CLONE_NEWIPC,
    kernel.CLONE_NEWUSER,
    kernel.CLONE_NEWPID,
    kernel.CLONE_NEWNET,
)
_TIOCSTI = 0x5412
# Stands for the process's own id in a compiled filter; replaced when the filter is loaded.
_OWN_PID = 0x7ABCDEF1
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
_MODE_FILTER = 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def build_filter(for_sample: bool, may_execute: bool = False) -> bytes:
    """Compile a filter: the lenient one of a worker, or the strict one of a sample's own process.

    `may_execute` lets the strict one through to the program that it is meant for.
    Raises ImportError or OSError where libseccomp is missing.
    """
    import pyseccomp  # type: ignore[import-untyped]

    refuse = pyseccomp.ERRNO(errno.EPERM)
    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    answers: list[tuple[int, str | int]] = [(refuse, name) for name in _REFUSED_ALWAYS]
    if for_sample:
        answers += [(refuse, name) for name in _REFUSED_TO_SAMPLES]
        answers += [(pyseccomp.ERRNO(0), call) for call in _WITHOUT_EFFECT]
    for answer, call in answers:
        if may_execute and call == "execve":
            continue
        try:
            program.add_rule(answer, call)
        except (OSError, ValueError):
            continue  # the call does not exist on this architecture
    # glibc falls back to clone, whose flags a filter can read, when clone3 is unknown.
    program.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NEW_NAMESPACES:
        program.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    program.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, _TIOCSTI))
    if for_sample:
        program.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
        for name in ("kill", "tgkill"):
            program.add_rule(refuse, name, pyseccomp.Arg(0, pyseccomp.NE, _OWN_PID))
        for command in _SET_ATTRIBUTES:
            program.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
        # Limits of others of the same user, the warm process among them; 0 is the process itself.
        program.add_rule(refuse, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
        for command in _SIGNAL_OTHERS:
            program.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


def load_filter(program: bytes) -> None:
    """Bind this process to a compiled filter (no new privileges must be set). Raises OSError."""
    program = program.replace(struct.pack("=I", _OWN_PID), struct.pack("=I", os.getpid()))
    buffer = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    number = _SYS_SECCOMP.get(platform.machine())
    if number is None:
        raise OSError(f"seccomp: unknown call number on {platform.machine()}")
    result = kernel.system_call(number, ctypes.c_uint(_MODE_FILTER), ctypes.c_uint(0), ctypes.byref(header))
    kernel.check(result, "seccomp")
