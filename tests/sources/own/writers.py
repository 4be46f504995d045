"""Writes the unusual inputs that users have. All content is our own."""

from __future__ import annotations

import base64
import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
from PIL import Image

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2], [2, 1])\nplt.show()"
OTHER = "import matplotlib.pyplot as plt\nplt.bar([1, 2], [2, 1])\nplt.show()"
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>'


@dataclass(frozen=True)
class Case:
    """What is written (`make`, into a folder), the entry of the source file, and what must be read.

    `rows` are (code or its beginning, reason) in order; `changes` and `left_out` are texts that must occur in
    a row's changes and among what is left out; `ids` the rows' ids; `pictures` which rows have one.
    """

    make: Callable[[Path], object]
    entry: dict[str, Any]
    rows: list[tuple[str, str | None]]
    changes: str = ""
    left_out: str = ""
    ids: list[str] = field(default_factory=list)
    pictures: list[bool] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


def png(side: int = 4) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(stream, "PNG")
    return stream.getvalue()


def files(**content: str | bytes) -> Callable[[Path], None]:
    """Write files; `__` in a name is a slash and `_dot_` a dot."""
    return tree({name.replace("__", "/").replace("_dot_", "."): text for name, text in content.items()})


def tree(content: dict[str, str | bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name, text in content.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    return make


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def zipped(name: str, content: dict[str, str | bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w") as archive:
            for path, text in content.items():
                archive.writestr(path, text)

    return make


def tarred(name: str, content: dict[str, str | bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with tarfile.open(folder / name, "w:gz") as archive:
            for path, text in content.items():
                data = text.encode() if isinstance(text, str) else text
                info = tarfile.TarInfo(path)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

    return make


def parquet(name: str, rows: list[dict[str, Any]]) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pa.Table.from_pylist(rows), folder / name)


def arrow_file(name: str, rows: list[dict[str, Any]]) -> Callable[[Path], None]:
    return lambda folder: feather.write_feather(pa.Table.from_pylist(rows), str(folder / name))


def dataset_dict(folder: Path) -> None:
    """What `DatasetDict.save_to_disk` writes: a folder a split, Arrow streams."""
    for split, code in (("train", PLOT), ("test", OTHER)):
        (folder / "data" / split).mkdir(parents=True)
        batches = pa.Table.from_pylist([{"code": code}])
        with pa.ipc.new_stream(
            folder / "data" / split / "data-00000-of-00001.arrow", batches.schema
        ) as stream:
            stream.write_table(batches)
        (folder / "data" / split / "state.json").write_text("{}")
    (folder / "data" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')


def notebook(*cells: str, language: str = "python") -> str:
    content = {
        "cells": [
            {"cell_type": "markdown", "source": "# A title"},
            *(
                {"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []}
                for cell in cells
            ),
        ],
        "metadata": {"kernelspec": {"language": language, "name": "k"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content)


def jsonl(**fields: Any) -> dict[str, Any]:
    return {"format": "jsonl", "path": "rows.jsonl", "language": "python", **fields}


def of_csv(**fields: Any) -> dict[str, Any]:
    return {"format": "csv", "path": "rows.csv", "language": "python", **fields}


def of_folder(**fields: Any) -> dict[str, Any]:
    return {"format": "folder", "path": "data", **fields}


CHAT = [
    {"role": "user", "content": "<image>Write the code."},
    {"role": "assistant", "content": f"```python\n{PLOT}\n```"},
]
BAD, NO_CODE = "collect.malformed_row", "collect.no_code"
UTF16 = lines({"code": PLOT + " # é"}).encode("utf-16")
LATIN = ("# -*- coding: latin-1 -*-\n" + PLOT + "\nplt.title('é')\n").encode("latin-1")
PAGE = '<html><head><link rel="stylesheet" href="css/a.css"></head><body><p>x</p></body></html>'
TEX = "\\documentclass{article}\n\\begin{document}\n\\input{part}\n\\end{document}\n"
READS = (
    "import pandas as pd\nimport matplotlib.pyplot as plt\nframe = pd.read_csv('a.csv')\nplt.plot(frame.y)\n"
)
SMALL = base64.b64encode(png()).decode()
