"""What every language's conformance suite shares: the form of a hostile sample, and the checks around it.

One data file per language (`hostile_<language>.py`) lists its samples; `test_hostile.py` runs them all.
In the code of a sample these words are replaced:

- `@PORT@`: a port of 127.0.0.1 where a listener counts who calls; nobody may
- `@CANARY@`: the path of a file with a secret, outside of what a sample may read
- `@SECRET@`: the secret, which is also in the engine's environment as VINCICODER_CANARY
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult
from vincicoder.render.worker.processes import descendants

SECRET = "the-canary-sang-at-noon"
# Tight, so that bombs are over soon; CPU limits reject at the same point on a loaded machine.
LIMITS = RenderLimits(cpu_seconds=4, wall_seconds=30, memory_mb=768, output_mb=16)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A sample that attacks or is awkward, and what must come of it.

    `expected` is the exact reason ("render.timeout"), or "rendered" where the attack must fail
    quietly and the picture be drawn all the same.
    """

    name: str
    expected: str
    code: str
    says: str = ""  # what the detail must hold


@dataclass(slots=True)
class Listener:
    """A TCP and UDP listener on loopback that counts what reaches it."""

    port: int = 0
    calls: list[str] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        """Listen on one free port for both protocols."""
        stream = socket.create_server(("127.0.0.1", 0))
        self.port = stream.getsockname()[1]
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagram.bind(("127.0.0.1", self.port))
        self._sockets = [stream, datagram]
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._sockets[0].accept()
            except OSError:
                return
            self.calls.append("tcp")
            connection.close()

    def _receive(self) -> None:
        while True:
            try:
                self._sockets[1].recvfrom(100)
            except OSError:
                return
            self.calls.append("udp")

    def stop(self) -> None:
        """Close both sockets."""
        for each in self._sockets:
            each.close()


def render_one(engine: RenderEngine, language: str, code: str) -> RenderResult:
    """Render one sample and return its result."""
    (result,) = list(engine.render([RenderRequest("one", language, code)]))
    return result


def outcome(result: RenderResult) -> str:
    """Return the reason's name, or the status where there is none."""
    return result.reason.value if result.reason is not None else result.status.value


def command_lines(engine_pid: int) -> dict[int, str]:
    """Return every living process below this one, with its command line; ended ones left out."""
    found = {}
    for pid in descendants(engine_pid):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if line:  # a zombie has none
            found[pid] = line
    return found


def program_names(engine_pid: int) -> list[str]:
    """Return the program of every process below this one, zombies included."""
    found = []
    for pid in descendants(engine_pid):
        try:
            found.append(Path(f"/proc/{pid}/comm").read_text().strip())
        except OSError:
            continue
    return found


def zombies(parent: int) -> list[int]:
    """Return the processes below this one that have ended and that nobody has waited for."""
    found = []
    for pid in descendants(parent):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                found.append(pid)
    return found


def lasting_zombies(parent: int, seconds: float = 10.0) -> list[int]:
    """Return the same, once what is ending has been waited for."""
    deadline = time.monotonic() + seconds
    while (ended := zombies(parent)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return ended


def temporary_entries() -> set[str]:
    """Return what lies in this engine's temporary folder: one entry for each living worker."""
    return set(os.listdir(tempfile.gettempdir()))  # noqa: PTH208
