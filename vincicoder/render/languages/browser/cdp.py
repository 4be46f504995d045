"""A Chrome DevTools Protocol client over the browser's own pipe: no sockets, no helper process.

Playwright drives the same protocol through a Node process; on the benchmark pages that costs more
than a fifth of the CPU of a render, which is why this client exists (see docs/render.md).
"""

from __future__ import annotations

import json
import os
import select
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

CdpMessage = dict[str, Any]

POLL_SECONDS = 0.05
"""How often the watch runs while an answer is awaited."""

MAX_MESSAGE_BYTES = 512 << 20
"""A message larger than this is refused: 40 million pixels of PNG in base64 fit with room."""


class BrowserGoneError(Exception):
    """The browser closed its pipe."""


class ProtocolError(Exception):
    """The browser answered a command with an error."""


class CdpPipe:
    """Sends commands and reads answers and events, one thread, no buffering beyond one message.

    `watch` is called while waiting, at least every `POLL_SECONDS`; what it raises ends the wait.
    Each of `listeners` sees every event as it arrives and may send commands, but must not wait.
    """

    def __init__(self, write_fd: int, read_fd: int) -> None:
        self._write_fd = write_fd
        self._read_fd = read_fd
        self._next_id = 0
        self._buffer = bytearray()
        self._scanned = 0
        self._events: list[CdpMessage] = []
        self.watch: Callable[[], None] = lambda: None
        self.listeners: list[Callable[[CdpMessage], None]] = []

    def send(self, method: str, params: CdpMessage | None = None, session: str | None = None) -> int:
        """Send a command without waiting for its answer; return its id."""
        self._next_id += 1
        message: CdpMessage = {"id": self._next_id, "method": method, "params": params or {}}
        if session is not None:
            message["sessionId"] = session
        data = memoryview(json.dumps(message, ensure_ascii=True).encode("ascii") + b"\0")
        try:
            while data:
                # A browser that stops reading must not stop the watch.
                _, writable, _ = select.select([], [self._write_fd], [], POLL_SECONDS)
                self.watch()
                if writable:
                    data = data[os.write(self._write_fd, data[:65536]) :]
        except OSError as error:
            raise BrowserGoneError(f"the browser stopped reading: {error}") from error
        return self._next_id

    def call(self, method: str, params: CdpMessage | None = None, session: str | None = None) -> CdpMessage:
        """Send a command and return its result.

        Raises ProtocolError, BrowserGoneError, or what `watch` raises.
        """
        return self.answer(self.send(method, params, session), method)

    def answer(self, command_id: int, method: str = "command") -> CdpMessage:
        """Wait for the answer to a command sent before; answers to other commands are dropped."""
        while True:
            message = self._read()
            if message.get("id") == command_id:
                if "error" in message:
                    raise ProtocolError(f"{method}: {message['error'].get('message', message['error'])}")
                result: CdpMessage = message["result"]
                return result
            if "method" in message:
                self._events.append(message)

    def forget_events(self) -> None:
        """Drop the events seen so far."""
        self._events.clear()

    def wait_event(self, accept: Callable[[CdpMessage], bool]) -> None:
        """Return once an event that `accept` takes has come since `forget_events`."""
        if any(accept(event) for event in self._events):
            return
        while True:
            message = self._read()
            if "method" in message:
                self._events.append(message)
                if accept(message):
                    return

    def close(self) -> None:
        """Close both ends; the browser ends itself when its pipe closes."""
        os.close(self._write_fd)
        os.close(self._read_fd)

    def _read(self) -> CdpMessage:
        while True:
            end = self._buffer.find(b"\0", self._scanned)
            if end >= 0:
                message: CdpMessage = json.loads(bytes(self._buffer[:end]))
                del self._buffer[: end + 1]
                self._scanned = 0
                if "method" in message:
                    for listener in self.listeners:
                        listener(message)
                return message
            self._scanned = len(self._buffer)
            if self._scanned > MAX_MESSAGE_BYTES:
                raise ProtocolError(f"the browser sent over {MAX_MESSAGE_BYTES} bytes in one message")
            readable, _, _ = select.select([self._read_fd], [], [], POLL_SECONDS)
            self.watch()
            if readable:
                data = os.read(self._read_fd, 1 << 20)
                if not data:
                    raise BrowserGoneError("the browser closed its pipe")
                self._buffer += data
