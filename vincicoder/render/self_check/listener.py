"""A port of this machine that no sample may reach."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field


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
