"""The process of an S3 server: moto's, on a socket that listens already, with threads that run already.

moto's own command starts a thread for each request, and where none can be started for a moment (a limit of
processes that other tests reach) it closes the connection without an answer.

    python -m tests.s3_process DESCRIPTOR
"""

from __future__ import annotations

import queue
import sys
import threading
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import ThreadedWSGIServer

_THREADS = 16


class _Handler(MotoRequestHandler):
    timeout = 10  # seconds; a connection on which nothing comes gives its thread back


class _Server(ThreadedWSGIServer):
    """Answers with a fixed number of threads."""

    def __init__(self, descriptor: int) -> None:
        application: Any = DomainDispatcherApplication(create_backend_app)
        super().__init__("127.0.0.1", 0, application, _Handler, fd=descriptor)
        self._waiting: queue.SimpleQueue[tuple[Any, Any]] = queue.SimpleQueue()
        for _ in range(_THREADS):
            threading.Thread(target=self._answer, daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._waiting.put((request, client_address))

    def _answer(self) -> None:
        while True:
            self.process_request_thread(*self._waiting.get())


if __name__ == "__main__":
    _Server(int(sys.argv[1])).serve_forever()
