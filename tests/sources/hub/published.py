"""Writes small corpora of our own in the layouts that the published ones have."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from tests.sources.layout import all_rows
from vincicoder.sample import RawSample
from vincicoder.sources.hub import corpus_sources

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
PAGE = "<!DOCTYPE html>\n<html><body><p>Hi</p></body></html>"
ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
TIKZ = "\\begin{tikzpicture}\n\\draw (0,0) -- (1,1);\n\\end{tikzpicture}"

# What is expected of a row: id, code, language, domain, reason (None: kept), and its picture.
Expected = tuple[str, str | bytes | None, str, str, str | None, bytes | None]


def png(colour: str = "white", mode: str = "RGB") -> bytes:
    """Return a small PNG."""
    stream = io.BytesIO()
    Image.new("RGB", (4, 3), colour).convert(mode).save(stream, "PNG")
    return stream.getvalue()


def llava(question: str, answer: str | None, **fields: Any) -> dict[str, Any]:
    """Return a row of LLaVA's kind."""
    turns = [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]
    return {**fields, "conversations": turns}


def messages(question: str, answer: str, **fields: Any) -> dict[str, Any]:
    """Return a row with a list of messages."""
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {**fields, "messages": turns}


def fence(name: str, code: str) -> str:
    return f"```{name}\n{code}\n```"


def write_json(path: Path, rows: list[Any], indent: int | None = None) -> Path:
    """Write one list, as most corpora are published."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=indent), "utf-8")
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]], group: int = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=group)
    return path


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def write_tar(path: Path, files: dict[str, bytes]) -> None:
    mode = "w:gz" if path.name.endswith("gz") else "w"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def read(name: str, location: Path | str) -> list[RawSample]:
    """Return all rows of a corpus at a location, and check that parts of it read alike."""
    (source,) = corpus_sources(name, str(location))
    return all_rows(source)


def summary(rows: list[RawSample]) -> list[Expected]:
    return [
        (
            row.source_id,
            row.code,
            row.language,
            row.domain,
            row.rejection.reason.value if row.rejection else None,
            row.image,
        )
        for row in rows
    ]
