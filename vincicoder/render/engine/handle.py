"""The engine's side of one worker: starts it, talks to it, kills it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from vincicoder.cache_folder import VARIABLE, cache_folder
from vincicoder.render.api import RenderRequest, RenderResult
from vincicoder.render.configuration import FAULTS_VARIABLE, WorkerConfiguration
from vincicoder.render.engine.affinity import Familiar
from vincicoder.render.files import holds_more_than
from vincicoder.render.fonts import FONT_CONFIGURATION
from vincicoder.render.languages.browser.chromium import EXECUTABLE_VARIABLE, find_chromium
from vincicoder.render.languages.browser.libraries import LIBRARIES_VARIABLE, libraries_folder
from vincicoder.render.languages.further_tools import LANGUAGES_VARIABLE, further_tools_folder
from vincicoder.render.notes import handed_over_to
from vincicoder.render.processes import CpuMeter, Queueing, TreeUse, descendants, tree_use
from vincicoder.render.protocol import HandOver
from vincicoder.render.registry import LANGUAGES
from vincicoder.render.sandbox.paths import package_root
from vincicoder.render.wire import FrameReader, Message, pack_head

# A picture in flight should fit, so that the worker can go on while the engine is busy.
_SOCKET_BUFFER_BYTES = 4 << 20
_EXIT_WAIT_SECONDS = 2.0
_STACK_MAIN = package_root() / "vincicoder" / "render" / "worker" / "stack_main.py"


@dataclass(slots=True, eq=False)
class Job:
    """One request on its way through the engine. `deliver` is called once, from the engine's thread.

    `handed_over` is what a first worker made of it for a second to draw; `seconds` and `cpu_seconds`
    are what the first had used by then. `affinity` and `passed_over` are of `affinity.choose`.
    """

    request: RenderRequest
    deliver: Callable[[Job, RenderResult], None]
    handed_over: HandOver | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    deaths: list[int] = field(default_factory=list)  # exit codes of the workers that it took along
    abandoned: bool = False  # nobody waits for it any more
    arrival: int = 0  # who came first, of all languages
    affinity: tuple[str, ...] = ()
    passed_over: int = 0

    @property
    def language(self) -> str:
        """The language whose worker is to render it next."""
        return self.handed_over.language if self.handed_over else self.request.language

    @property
    def notes(self) -> tuple[str, ...]:
        """What is known before the last worker answers: the hand-over, and what came with it."""
        page = self.handed_over
        return (*page.notes, handed_over_to(page.language)) if page else ()


class WorkerState(Enum):
    """What a worker is doing."""

    STARTING = auto()
    SERVING = auto()
    LEAVING = auto()  # asked to stop after its last sample


def worker_environment() -> dict[str, str]:
    """Return the clean, fixed environment of a worker: nothing of the caller's leaks into it."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "HOME": "/nonexistent",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        VARIABLE: str(cache_folder().parent.absolute()),
        "MALLOC_ARENA_MAX": "2",
        "FONTCONFIG_FILE": str(FONT_CONFIGURATION),
    }
    for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR"):  # a worker is one core's worth of work
        environment[f"{name}_NUM_THREADS"] = "1"
    browser = find_chromium()
    if browser is not None:  # the worker has neither the caller's PATH nor its home to look in
        environment[EXECUTABLE_VARIABLE] = str(browser)
    environment[LIBRARIES_VARIABLE] = str(libraries_folder().resolve())
    environment[LANGUAGES_VARIABLE] = str(further_tools_folder().resolve())
    if FAULTS_VARIABLE in os.environ:  # set by tests of the guards alone
        environment[FAULTS_VARIABLE] = os.environ[FAULTS_VARIABLE]
    return environment


def _program(language: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that starts a worker, without its argument, and its environment.

    In another environment than ours nothing may be found but what that holds, and this package.
    """
    find_interpreter = LANGUAGES[language].renderer().interpreter
    if find_interpreter is None:
        module = "vincicoder.render.worker.main"
        return [sys.executable, "-P", "-s", "-m", module], {"PYTHONPATH": str(package_root())}
    return [str(find_interpreter()), "-P", "-s", str(_STACK_MAIN)], {}


class WorkerHandle:
    """A running worker process. All methods are called from the engine's own thread."""

    def __init__(self, configuration: WorkerConfiguration, max_payload: int) -> None:
        ours, theirs = socket.socketpair()
        lifeline_reader, self._lifeline = os.pipe()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
        self.configuration = replace(
            configuration, control_descriptor=theirs.fileno(), lifeline_descriptor=lifeline_reader
        )
        self.language = configuration.language
        self.state = WorkerState.STARTING
        self.jobs: deque[Job] = deque()  # the first one is running
        self.rendered = 0
        self.familiar = Familiar()
        self.since = time.monotonic()  # when the running sample, or the start-up, began
        self.looked_at = self.since  # when what it uses was measured last
        self.cpu = CpuMeter()  # of the running sample
        self.queueing = Queueing()  # of the processes in the running sample
        self.socket = ours
        self.socket.setblocking(False)
        self._reader = FrameReader(max_payload)
        self._outgoing: deque[memoryview] = deque()
        verbose = bool(os.environ.get("VINCICODER_RENDER_VERBOSE"))
        program, search_path = _program(self.language)
        try:
            self.process = subprocess.Popen(
                [*program, self.configuration.to_json()],
                env=worker_environment() | search_path,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=None if verbose else subprocess.DEVNULL,
                stderr=None if verbose else subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), lifeline_reader),
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(lifeline_reader)

    def send(self, job: Job) -> None:
        """Hand a sample over; it starts at once if the worker has no other."""
        if not self.jobs and self.state is WorkerState.SERVING:
            self.begin_sample()
        self.jobs.append(job)
        page = job.handed_over
        code = (page.document if page else job.request.code).encode("utf-8", "surrogatepass")
        head: Message = {"view": asdict(page.view)} if page else {"recording": job.request.recording}
        data = job.request.data
        if data:
            head["data"] = [[file.name, len(file.content)] for file in data]
        parts = [part for part in (code, *(file.content for file in data)) if part]
        self._outgoing.append(memoryview(pack_head(head, sum(map(len, parts)))))
        self._outgoing.extend(map(memoryview, parts))
        self.flush()

    def begin_sample(self) -> None:
        """Start the clock of the first sample in `jobs`."""
        self.since = self.looked_at = time.monotonic()
        self.cpu = CpuMeter()
        self.queueing = Queueing()

    @property
    def wants_to_write(self) -> bool:
        """Whether `flush` has more to send once the socket is writable."""
        return bool(self._outgoing)

    def flush(self) -> None:
        """Send what the socket takes. A dead peer shows when reading."""
        try:
            while self._outgoing:
                sent = self.socket.send(self._outgoing[0])
                if sent < len(self._outgoing[0]):
                    self._outgoing[0] = self._outgoing[0][sent:]
                else:
                    self._outgoing.popleft()
        except (BlockingIOError, ConnectionError):
            return

    def receive(self) -> tuple[Message, bytearray] | None:
        """Return the next frame, or None. Raises EOFError and WireError as `FrameReader.read`."""
        return self._reader.read(self.socket)

    def measure_use(self) -> TreeUse:
        """Measure CPU and memory of the worker's whole process tree."""
        return tree_use(self.process.pid)

    def fills_the_disk(self) -> bool:
        """Whether it has no file system of its own, and more in its workspace than that would hold."""
        here = self.configuration
        allowed = (here.scratch_mb + here.limits.output_mb) << 20
        return bool(here.workspace) and holds_more_than(Path(here.workspace), allowed)

    def leave(self) -> None:
        """Ask the worker to end: it does so when it has read everything sent."""
        self.state = WorkerState.LEAVING
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def kill(self) -> int:
        """End the whole process tree now; return the guard's exit code (see `run_guarded`)."""
        self.process.terminate()  # the guard ends its tree and empties the workspace
        return self.reap()

    def reap(self) -> int:
        """Wait for a worker that has ended, or should; kill what is left of it; free everything."""
        try:
            code = self.process.wait(_EXIT_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            targets = descendants(self.process.pid)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            for target in targets:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(target, signal.SIGKILL)
            code = self.process.wait()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        self.socket.close()
        if self.configuration.workspace:
            shutil.rmtree(self.configuration.workspace, ignore_errors=True)
        return code
