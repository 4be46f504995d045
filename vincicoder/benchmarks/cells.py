"""Takes code, texts and pictures out of a row's columns, whatever form they have there."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vincicoder.render.registry import LANGUAGE_OF_SUFFIX

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
_LONGEST_PATH = 1_000
_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")

Row = Mapping[str, Any]


def first(row: Row, names: Iterable[str]) -> Any:
    """Return the first of these columns that has a value; `row` has its names in lower case."""
    values = (row.get(name.lower()) for name in names)
    return next((value for value in values if value not in (None, "", [], {})), None)


def code_of(row: Row, names: Iterable[str], folders: Sequence[Path]) -> str | None:
    """Code as text, inside an answer or a fence, or in the file that the column names."""
    for name in names:
        text = _text(row.get(name.lower()))
        if text is None:
            continue
        if _is_path(text) and Path(text).suffix.lower() in LANGUAGE_OF_SUFFIX:
            file = _file(text, folders)
            if file is not None:
                return file.read_text("utf-8", errors="replace")
            continue
        fenced = re.search(r"```[\w+-]*\n(.*?)```", text, re.DOTALL)
        return fenced.group(1) if fenced else text
    return None


def request_of(row: Row, names: Iterable[str], folders: Sequence[Path]) -> str | None:
    """What is asked, as text or in the file that the column names."""
    text = _text(first(row, names))
    if text is None or not _is_path(text) or Path(text).suffix.lower() != ".txt":
        return text
    file = _file(text, folders)
    return None if file is None else file.read_text("utf-8", errors="replace").strip() or None


def image_of(row: Row, names: Iterable[str], folders: Sequence[Path]) -> bytes | None:
    """The first of these columns that holds a picture."""
    return next((data for name in names if (data := _image(row.get(name.lower()), folders))), None)


def id_of(row: Row, names: Iterable[str]) -> str:
    """The benchmark's own id; of a path to a picture its name. Empty where there is none."""
    value = first(row, names)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = str(value).strip()
    return Path(text).stem if Path(text).suffix.lower() in PICTURES else text


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = next((value[name] for name in ("output", "answer", "code", "value") if name in value), None)
    return value if isinstance(value, str) and value.strip() else None


def _image(value: Any, folders: Sequence[Path]) -> bytes | None:
    """Bytes as they are or in base64, the hub's {bytes, path}, or a path below one of the folders."""
    if isinstance(value, list | tuple) and value:
        return _image(value[0], folders)
    if isinstance(value, dict):
        return _image(value.get("bytes"), folders) or _image(value.get("path"), folders)
    if isinstance(value, bytes):
        return value or None
    if not isinstance(value, str) or not value:
        return None
    if not _is_path(value):
        return _decoded(value)
    for name in (value, *(f"{value}{suffix}" for suffix in PICTURES)):
        if Path(name).suffix.lower() in PICTURES and (file := _file(name, folders)):
            return file.read_bytes()
    return _decoded(value)


def _decoded(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text.rpartition("base64,")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if data.startswith(_STARTS) else None


def _is_path(text: str) -> bool:
    return len(text) <= _LONGEST_PATH and "\n" not in text and "\0" not in text


def _file(name: str, folders: Sequence[Path]) -> Path | None:
    """The file of this name below one of the folders, never above it."""
    inside = name.replace("\\", "/").lstrip("./")
    if ".." in Path(inside).parts:
        return None
    for folder in folders:
        for file in (folder / inside, folder / "images" / inside):
            try:
                if file.is_file():
                    return file
            except OSError:  # a name that no file can have
                return None
    return None
