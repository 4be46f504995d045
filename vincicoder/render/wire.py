"""Frames between the engine and a worker: a small JSON message and a binary payload.

JSON and not pickle: a worker may have been taken over by the code that it rendered, so nothing
that it sends is ever executed.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

_HEAD = struct.Struct("<IQ")  # bytes of JSON, bytes of payload
_MAX_JSON_BYTES = 1 << 20

Message = dict[str, Any]


class WireError(Exception):
    """The peer sent what no honest peer sends; it is not to be trusted any more."""


def pack_head(message: Mapping[str, Any], payload_bytes: int) -> bytes:
    """Return the frame's header and JSON; the payload follows it on the wire."""
    text = json.dumps(message, separators=(",", ":")).encode()
    return _HEAD.pack(len(text), payload_bytes) + text


def send_blocking(connection: socket.socket, message: Mapping[str, Any], payload: Any = b"") -> None:
    """Send one frame over a blocking socket."""
    view = memoryview(payload).cast("B")
    connection.sendall(pack_head(message, len(view)))
    if len(view):
        connection.sendall(view)


class FrameReader:
    """Collects frames from a socket, blocking or not, with no copy of the payload.

    `max_payload` (bytes) bounds what the peer can make this side allocate.
    """

    __slots__ = ("_buffer", "_filled", "_max_payload", "_message", "_stage")

    def __init__(self, max_payload: int) -> None:
        self._max_payload = max_payload
        self._reset()

    def _reset(self) -> None:
        self._stage = 0  # 0 head, 1 JSON, 2 payload
        self._buffer = bytearray(_HEAD.size)
        self._filled = 0
        self._message: tuple[Message, int] = ({}, 0)

    def read(self, connection: socket.socket) -> tuple[Message, bytearray] | None:
        """Read on; return a frame once it is whole, or None when a non-blocking socket is dry.

        Raises EOFError when the peer has closed, WireError when it talks nonsense.
        """
        while True:
            while self._filled < len(self._buffer):
                try:
                    count = connection.recv_into(memoryview(self._buffer)[self._filled :])
                except BlockingIOError:
                    return None
                except ConnectionError as error:
                    raise EOFError("the peer has gone") from error
                if count == 0:
                    raise EOFError("the peer has closed the connection")
                self._filled += count
            if self._advance():
                message, payload = self._message[0], self._buffer
                self._reset()
                return message, payload

    def _advance(self) -> bool:
        """Move to the next stage of the frame; return whether the frame is whole."""
        if self._stage == 0:
            json_bytes, payload_bytes = _HEAD.unpack(self._buffer)
            if json_bytes > _MAX_JSON_BYTES or payload_bytes > self._max_payload:
                raise WireError(
                    f"frame of {json_bytes} + {payload_bytes} bytes; at most {_MAX_JSON_BYTES} + "
                    f"{self._max_payload} are allowed"
                )
            self._message = ({}, payload_bytes)
            self._buffer = bytearray(json_bytes)
        elif self._stage == 1:
            try:
                message = json.loads(self._buffer)
            except ValueError as error:
                raise WireError(f"frame is not JSON: {error}") from error
            if not isinstance(message, dict):
                raise WireError(f"frame is a JSON {type(message).__name__}, not an object")
            self._message = (message, self._message[1])
            self._buffer = bytearray(self._message[1])
        else:
            return True
        self._stage += 1
        self._filled = 0
        return self._stage == 2 and not self._buffer
