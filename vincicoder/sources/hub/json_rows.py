"""Rows of JSON files of any size: one list, one object a line, or a list inside an object.

The file is scanned once for where its elements start, 8 bytes a row; after that any range of rows is read
by seeking, so that a shard can start in the middle of a list of several GB.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from vincicoder.sources.hub.tree import FileTree, retrying

_BLOCK_BYTES = 4 << 20
_HEAD_BYTES = 1 << 20
_MAX_ROW_BYTES = 256 << 20
_READ_BYTES = 1 << 19
_DECODER = json.JSONDecoder()
# A string, a bracket, a bare value, or the start of a string that goes on beyond the block.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]|[^\s",:\[\]{}]++|"', re.DOTALL)
_WRAPPED = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is no JSON object: what was there instead, and why it is none."""

    text: str
    problem: str


@dataclass(frozen=True)
class JsonRows:
    """The rows of one JSON file. `lines` says that each line is a row."""

    tree: FileTree
    name: str
    lines: bool

    @cached_property
    def _starts(self) -> array[int]:
        """Offsets of the rows' first bytes, and of the end of the last row."""
        found = self.tree.remembered(
            [self.name], f"row starts 1 {self.lines}", lambda: retrying(self._scan, self.name).tobytes()
        )
        return array("q", found)

    def _scan(self) -> array[int]:
        with self.tree.open(self.name) as stream:
            return _line_starts(stream) if self.lines else _element_starts(stream)

    def count(self) -> int:
        return len(self._starts) - 1

    def fields(self, rows: int = 64) -> list[str]:
        """Return the fields of the first rows that are objects, in order of appearance."""
        names: dict[str, None] = {}
        for row in self.read(0, min(rows, self.count())):
            if isinstance(row, dict):
                names.update(dict.fromkeys(map(str, row)))
        return list(names)

    def is_one_object(self) -> bool:
        """Whether the file is no list of rows but one object of lists or objects: a table's columns, or rows
        under their ids."""
        if self.lines or self.count() != 1:
            return False
        if self._starts[1] - self._starts[0] > _MAX_ROW_BYTES:
            return True
        row = next(self.read(0, 1))
        values = list(row.values()) if isinstance(row, dict) else []
        sizes = {len(value) if isinstance(value, list | dict) else 0 for value in values}
        return len(values) > 1 and len(sizes) == 1 and 0 not in sizes

    def read(self, start: int, stop: int) -> Iterator[dict[str, Any] | Unreadable]:
        """Yield rows start..stop, some hundred of them read at a time. When the network fails it is opened
        again, and goes on with the rows that were not yet yielded."""
        stream: IO[bytes] | None = None
        starts, stop = self._starts, min(stop, self.count())
        try:
            while start < stop:
                end = start + 1
                while end < stop and starts[end + 1] - starts[start] <= _READ_BYTES:
                    end += 1

                def fetch(first: int = starts[start], last: int = starts[end]) -> bytes:
                    nonlocal stream
                    try:
                        if stream is None:
                            stream = self.tree.open(self.name)
                        stream.seek(first)
                        return stream.read(last - first)
                    except Exception:
                        stream = None
                        raise

                content, first = retrying(fetch, self.name), starts[start]
                for number in range(start, end):
                    yield _parse(content[starts[number] - first : starts[number + 1] - first])
                start = end
        finally:
            if stream is not None:
                stream.close()


def _parse(content: bytes) -> dict[str, Any] | Unreadable:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = content.decode("utf-8", "backslashreplace").rstrip("\r\n")
        return Unreadable(text, f"the row is not UTF-8: {error}; own data may name its `encoding`"[:300])
    try:
        value, _ = _DECODER.raw_decode(text.lstrip("\ufeff \t\r\n"))
    except (ValueError, RecursionError) as error:
        return Unreadable(text.rstrip("\r\n"), f"the row is no JSON: {error}"[:300])
    if isinstance(value, dict):
        return value
    return Unreadable(text.strip().rstrip(","), f"the row is {_kind(value)}, not an object")


def _kind(value: object) -> str:
    return {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number or a truth value")


def is_lines(head: bytes, suffix: str) -> bool:
    """Whether a file of JSON holds a row a line, by its first bytes: its suffix may say otherwise.

    A list, or objects over several lines, are no lines, whatever the suffix; a list of rows may be a line.
    """
    lines = [line.strip() for line in head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 50)]
    lines = [line for line in lines if line]
    if not lines:
        return suffix != ".json"
    if lines[0].startswith(b"["):
        if len(lines) == 1:
            return suffix != ".json" and not _is_list_of_rows(lines[0])
        return _is_json(lines[0]) and lines[1].startswith((b"{", b"["))
    if not lines[0].startswith(b"{"):
        return suffix != ".json"
    if suffix == ".json":
        return len(lines) > 1 and lines[0].endswith(b"}") and lines[1].startswith(b"{")
    # Objects over several lines open with a line that is none; a broken row has whole ones after it.
    return len(lines) == 1 or any(line.startswith(b"{") and _is_json(line) for line in lines)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    except RecursionError:
        pass
    return True


def _is_list_of_rows(line: bytes) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return True  # longer than what was looked at
    return isinstance(found, list) and any(isinstance(row, dict) for row in found)


def _line_starts(stream: IO[bytes]) -> array[int]:
    """Return where the lines start that are not blank, and where the file ends."""
    starts, offset, start, blank = array("q"), 0, 0, True
    while block := stream.read(_BLOCK_BYTES):
        position = 0
        while position < len(block):
            end = block.find(b"\n", position)
            stop = len(block) if end < 0 else end
            if blank and stop > position:
                blank = block[position : position + 1].isspace() and block[position:stop].isspace()
            if end < 0:
                break
            if not blank:
                starts.append(start)
            position, blank = end + 1, True
            start = offset + position
        offset += len(block)
    if not blank:
        starts.append(start)
    starts.append(offset)
    return starts


def _element_starts(stream: IO[bytes]) -> array[int]:
    """Return where the elements of the list start, and where the last one ends."""
    level = _row_level(stream.read(_HEAD_BYTES))
    stream.seek(0)
    starts, end = array("q"), 0
    depth = 0
    inside = level == 0
    for offset, kind, length in _tokens(stream):
        if kind in b"]}":
            depth -= 1
            if depth < level and inside:
                end = offset if level else offset + 1
                if level:
                    break
            if depth == level:
                end = offset + 1
            continue
        if depth == level and inside:
            starts.append(offset)
            end = offset + length
        if kind in b"[{":
            depth += 1
            end = offset + 1
            inside = inside or (kind == b"[" and depth == level)
    starts.append(max(end, starts[-1] if starts else 0))
    if depth >= level and len(starts) > 1:  # cut off in the middle: the last row takes what there is
        stream.seek(0, 2)
        starts[-1] = stream.tell()
    return starts


def _row_level(head: bytes) -> int:
    """Return how many brackets deep the rows lie: 1 in a list, 2 in a list inside an object, 0 where
    objects simply follow each other."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return 1
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return 2 if _WRAPPED.match(head) else 0
    if text[end:].strip():
        return 0
    is_wrapper = any(
        isinstance(field, list) and field and all(isinstance(item, dict) for item in field)
        for field in value.values()
    )
    return 2 if is_wrapper and len(value) <= 3 and not {"conversations", "messages"} & set(value) else 0


def _tokens(stream: IO[bytes]) -> Iterator[tuple[int, bytes, int]]:
    """Yield the offset, first byte and length of each bracket, string and bare value of a JSON text."""
    buffer, offset, size = b"", 0, _BLOCK_BYTES
    while True:
        block = stream.read(size)
        buffer += block
        used = 0
        for found in _TOKEN.finditer(buffer):
            start, end = found.span()
            kind = buffer[start : start + 1]
            if block and (end == len(buffer) or (kind == b'"' and end == start + 1)):
                break  # may go on in the next block
            used = end
            yield offset + start, kind, end - start
        else:
            used = len(buffer)
        if not block:
            return
        offset += used
        buffer = buffer[used:]
        # A string longer than a block is looked at again from its start: double, so that it stays linear.
        size = max(_BLOCK_BYTES, len(buffer))
