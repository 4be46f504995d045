"""Tries every layer in a child process, so that the report says what really works here."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from vincicoder.render.sandbox import kernel, landlock, namespaces, seccomp
from vincicoder.render.sandbox.paths import package_root
from vincicoder.sample import InfrastructureError


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the sandbox: whether it works here, and how or why not."""

    name: str
    available: bool
    detail: str


def _try_in_child(action: Callable[[], None]) -> str:
    """Run `action` in a forked child; return '' when it succeeds, else its error."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            action()
            os.write(writer, b"ok")
        except BaseException as error:
            os.write(writer, f"{type(error).__name__}: {error}".encode()[:500])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        answer = stream.read().decode("utf-8", "replace")
    os.waitpid(pid, 0)
    return "" if answer == "ok" else answer or "the probe died"


def _namespaces() -> None:
    namespaces.enter()
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.furnish(1 << 20)
            namespaces.freeze_files()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != 0:
        raise OSError(code, f"cannot mount /proc and a private tmpfs: {os.strerror(code)}")


def _landlock() -> None:
    kernel.forbid_new_privileges()
    landlock.restrict_self(landlock.create_ruleset([], []))
    try:
        list(Path("/").iterdir())
    except PermissionError:
        return
    raise OSError("a forbidden directory could still be listed")


def _seccomp() -> None:
    program = seccomp.build_filter(for_sample=True)
    kernel.forbid_new_privileges()
    seccomp.load_filter(program)
    try:
        os.fork()
    except PermissionError:
        return
    raise OSError("a forbidden system call still works")


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))
    resource.setrlimit(resource.RLIMIT_CPU, (3600, 3600))


_MEND = {
    "namespaces": "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0) and, in a container, unshare and mount in its seccomp "
    "profile (docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined)",
    "landlock": "use Linux 5.13 or later with landlock among the modules of lsm=",
    "seccomp": "install libseccomp (apt-get install libseccomp2) and pip install 'vincicoder[render]'",
}

_PROBES: tuple[tuple[str, Callable[[], None], str], ...] = (
    ("namespaces", _namespaces, "own processes, mounts, network, IPC; private scratch; all else read-only"),
    ("landlock", _landlock, "files by allow-list, no TCP, no signals to the outside"),
    ("seccomp", _seccomp, "no new processes or sockets in samples, no administration calls"),
    ("capabilities", kernel.drop_capabilities, "all capabilities dropped"),
    ("rlimits", _limits, "memory, CPU time, file size"),
    ("parent_death", lambda: kernel.die_with_parent(signal.SIGKILL), "workers die with the engine"),
)


def _probe_here() -> list[Layer]:
    layers = []
    for name, action, meaning in _PROBES:
        failure = _try_in_child(action)
        detail = failure or meaning
        if failure and name in _MEND:
            detail = f"{failure}; to have it, {_MEND[name]}"
        if name == "landlock" and not failure:
            detail = f"version {landlock.version()}: {meaning}"
        layers.append(Layer(name, not failure, detail))
    return layers


@cache
def probe() -> tuple[Layer, ...]:
    """Try each layer once and return what holds here, strongest first; later calls are free.

    The trying is done by a process of its own: forking the caller, with its threads and perhaps its
    GPU, would be unsafe.
    """
    if sys.platform != "linux":
        return tuple(Layer(name, False, f"needs Linux, this is {sys.platform}") for name, _, _ in _PROBES)
    command = [sys.executable, "-P", "-s", "-m", "vincicoder.render.sandbox.report"]
    environment = {**os.environ, "PYTHONPATH": str(package_root()), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    try:
        return tuple(Layer(**fields) for fields in json.loads(done.stdout))
    except ValueError:
        detail = f"the probe failed: {done.stderr.strip()[-300:] or done.returncode}"
        return tuple(Layer(name, False, detail) for name, _, _ in _PROBES)


def describe_lacking(layers: tuple[Layer, ...]) -> str:
    """Return the layers that do not work and why, in words; '' where all do."""
    return "; ".join(f"{layer.name} ({layer.detail})" for layer in layers if not layer.available)


def require_every_layer(layers: tuple[Layer, ...]) -> None:
    """Raise InfrastructureError, naming what is missing, unless every layer works here."""
    lacking = describe_lacking(layers)
    if lacking:
        raise InfrastructureError(
            f"the whole sandbox was required, and these layers do not work here: {lacking}. Allow them, or "
            "do without: require_sandbox=False, and no --require-sandbox"
        )


if __name__ == "__main__":
    print(json.dumps([asdict(layer) for layer in _probe_here()]))
