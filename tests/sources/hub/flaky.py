"""A file system of fsspec whose reads fail now and then, as a network does."""

from __future__ import annotations

from typing import Any, ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem


class FlakyFile:
    """A file whose reads fail by the file system's plan."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        FlakyFileSystem.fail_now_and_then()
        return bytes(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        return bytes(self._stream.readline(size))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> FlakyFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


class FlakyFileSystem(LocalFileSystem):
    """The local file system under `flaky://`: every `every`-th read fails (0: none, 1: all)."""

    protocol = "flaky"
    every: ClassVar[int] = 0
    reads: ClassVar[int] = 0
    failures: ClassVar[int] = 0

    @classmethod
    def fail_now_and_then(cls) -> None:
        cls.reads += 1
        if cls.every and cls.reads % cls.every == 0:
            cls.failures += 1
            raise ConnectionResetError("the connection was reset")

    @classmethod
    def plan(cls, every: int) -> None:
        cls.every, cls.reads, cls.failures = every, 0, 0

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        text = str(path)
        return super()._strip_protocol(text.removeprefix("flaky://"))

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        return FlakyFile(super().open(path, mode, **options))

    def cat_file(self, path: str, start: Any = None, end: Any = None, **options: Any) -> bytes:
        with self.open(path) as stream:
            return bytes(stream.read())


fsspec.register_implementation("flaky", FlakyFileSystem, clobber=True)
