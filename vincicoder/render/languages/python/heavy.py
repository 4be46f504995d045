"""The second warm process of a Python worker: pandas, seaborn, scipy and what samples asked for are in it.

It is the worker's child and talks to it over a socket pair that no sample has: code one way, how its process
ended the other way. The picture stays in the region, which both have mapped. It warms up (2 to 3 s of CPU)
when the first code comes: a worker that draws with matplotlib alone never pays for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import traceback
from collections.abc import Callable

from vincicoder.render.api import Recording
from vincicoder.render.languages.python.zygote import Zygote
from vincicoder.render.protocol import Refusal
from vincicoder.render.sandbox import kernel
from vincicoder.render.wire import FrameReader, Message, WireError, send_blocking
from vincicoder.render.worker.descriptors import open_files, open_sockets, reopen
from vincicoder.render.worker.fork_watch import SampleExit
from vincicoder.sample import InfrastructureError, Reason

_MAX_REQUEST_BYTES = 1 << 30


class HeavyProcess:
    """The worker's side. Any trouble with the process is ours, never the sample's: InfrastructureError."""

    def __init__(self, warm_up: Callable[[], Zygote]) -> None:
        """Fork the process, confined as the worker is by now. It calls `warm_up` once. Raises OSError."""
        self._channel, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                kernel.die_with_parent(signal.SIGKILL)
                # The engine's connection among them.
                for descriptor in open_sockets():
                    if descriptor != theirs.fileno():
                        os.close(descriptor)
                reopen(open_files())
                _serve(theirs, warm_up)
            finally:
                os._exit(0)
        theirs.close()
        self._reader = FrameReader(0)

    def run(self, code: str, recording: Recording) -> SampleExit:
        """Run the code in a fork of that process. Raises InfrastructureError."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # what follows reports it
            send_blocking(self._channel, {"recording": recording}, code.encode("utf-8", "surrogatepass"))
        message = self._receive()
        refusal = Refusal(Reason(message["reason"]), message["detail"]) if message["reason"] else None
        return SampleExit(message["code"], message["cpu_seconds"], refusal)

    def _receive(self) -> Message:
        try:
            frame = self._reader.read(self._channel)
        except (EOFError, WireError) as error:
            raise InfrastructureError(f"the process with pandas has died: {error}") from error
        assert frame is not None  # the socket blocks
        if "broken" in frame[0]:
            raise InfrastructureError(frame[0]["broken"])
        return frame[0]

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        os.waitpid(self._pid, 0)


def _serve(channel: socket.socket, warm_up: Callable[[], Zygote]) -> None:
    """In the process: answer until the worker closes the channel, or something breaks."""
    reader = FrameReader(_MAX_REQUEST_BYTES)
    try:
        zygote = None
        while (frame := reader.read(channel)) is not None:
            zygote = zygote or warm_up()
            ended = zygote.run(frame[1].decode("utf-8", "surrogatepass"), Recording(frame[0]["recording"]))
            refusal = ended.cut_short
            send_blocking(
                channel,
                {
                    "code": ended.code,
                    "cpu_seconds": ended.cpu_seconds,
                    "reason": refusal.reason.value if refusal else "",
                    "detail": refusal.detail if refusal else "",
                },
            )
    except (EOFError, BrokenPipeError):
        return
    except Exception:
        send_blocking(channel, {"broken": traceback.format_exc()})
