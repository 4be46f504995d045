"""A server at a distance: the same answers, later."""

from __future__ import annotations

import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.delay import delayed


class _Echo(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_each_request_waits_and_its_body_arrives_whole() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    body = b"some bytes" * 50_000
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with delayed(f"http://127.0.0.1:{server.server_port}", 0.2) as far:
            started = time.monotonic()
            with direct.open(urllib.request.Request(far, body, method="PUT"), timeout=60) as answer:
                assert answer.read() == body
            assert time.monotonic() - started >= 0.2
    finally:
        server.shutdown()
        server.server_close()
