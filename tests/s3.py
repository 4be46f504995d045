"""A real S3 server on loopback, in a process of its own: moto's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

BUCKET = "vincicoder"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server; its log has a line for each request."""

    url: str
    log: Path

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment of those who use it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    def requests(self) -> list[str]:
        """Return the method, path and status of each request so far, such as `PUT /bucket/key 200`."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        found = []
        for line in lines:
            if " HTTP/1.1" in line:
                _, request, status = line.split('"')[:3]
                found.append(" ".join([*request.split()[:2], status.split()[0]]))
        return found

    def ask(self, method: str, path: str, data: bytes | None = None) -> bytes:
        """Send a request without credentials: the server's own, and the making of buckets."""
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """While inside, nobody has any right: the server checks signatures, and knows no user."""
        self.ask("POST", "/moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self.ask("POST", "/moto-api/reset-auth", b"inf")


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run a server with one empty bucket, `BUCKET`, until left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = S3Server(f"http://127.0.0.1:{port}", folder / "s3.log")
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.ask("PUT", f"/{BUCKET}")
                break
            except (URLError, ConnectionError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(server.log.read_text()) from None
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait()
