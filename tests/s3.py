"""A real S3 server on loopback, in a process of its own: moto's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
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
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=120) as answer:
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
    log = folder / "s3.log"
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:  # no other process gets this port
        server = S3Server(f"http://127.0.0.1:{listening.getsockname()[1]}", log)
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.s3_process", str(listening.fileno())],
                stdout=stream,
                stderr=stream,
                cwd=Path(__file__).parents[1],
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                pass_fds=[listening.fileno()],
            )
    try:
        try:
            server.ask("PUT", f"/{BUCKET}")
        except OSError as error:
            raise RuntimeError(f"the S3 server did not start: {error}\n{log.read_text()}") from error
        yield server
    finally:
        process.terminate()
        process.wait()
