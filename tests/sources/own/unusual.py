"""Unusual inputs that users have, each with what must become of it. All content is our own."""

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

CASES: dict[str, Case] = {
    # Languages by the names that people give them.
    "language_Python": Case(
        files(rows_dot_jsonl=lines({"code": PLOT})), jsonl(language="Python"), [(PLOT, None)]
    ),
    "language_py": Case(files(rows_dot_jsonl=lines({"code": PLOT})), jsonl(language="py"), [(PLOT, None)]),
    "language_python3": Case(
        files(rows_dot_jsonl=lines({"code": PLOT})), jsonl(language="python3"), [(PLOT, None)]
    ),
    "language_column_of_all_names": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "lang": "Python3"}, {"code": ICON, "lang": "SVG"})),
        {"format": "jsonl", "path": "rows.jsonl", "language_column": "lang"},
        [(PLOT, None), (ICON, None)],
        languages=["python", "svg"],
    ),
    "language_TikZ_folder": Case(
        files(data__a_dot_tex="\\tikz\\draw (0,0)--(1,1);"),
        of_folder(language="TikZ"),
        [("\\tikz", None)],
        languages=["latex"],
    ),
    # JSON in other shapes than its suffix says.
    "jsonl_pretty_list": Case(
        files(rows_dot_jsonl=json.dumps([{"code": PLOT}, {"code": OTHER}], indent=2)),
        jsonl(),
        [(PLOT, None), (OTHER, None)],
    ),
    "jsonl_list_on_one_line": Case(
        files(rows_dot_jsonl=json.dumps([{"code": PLOT}, {"code": OTHER}])),
        jsonl(),
        [(PLOT, None), (OTHER, None)],
    ),
    "jsonl_list_a_row_a_line": Case(
        files(
            rows_dot_jsonl="[\n" + json.dumps({"code": PLOT}) + ",\n" + json.dumps({"code": OTHER}) + "\n]"
        ),
        jsonl(),
        [(PLOT, None), (OTHER, None)],
    ),
    "jsonl_pretty_objects": Case(
        files(
            rows_dot_jsonl=json.dumps({"code": PLOT}, indent=1) + "\n" + json.dumps({"code": OTHER}, indent=1)
        ),
        jsonl(),
        [(PLOT, None), (OTHER, None)],
    ),
    "json_that_is_lines": Case(
        files(rows_dot_json=lines({"code": PLOT}, {"code": OTHER})),
        jsonl(format="json", path="rows.json"),
        [(PLOT, None), (OTHER, None)],
    ),
    "json_wrapped_in_an_object": Case(
        files(rows_dot_json=json.dumps({"data": [{"code": PLOT}]})),
        jsonl(format="json", path="rows.json"),
        [(PLOT, None)],
    ),
    "jsonl_blank_lines": Case(
        files(rows_dot_jsonl="\n" + lines({"code": PLOT}) + "  \n\r\n" + lines({"code": OTHER}) + "\n\n"),
        jsonl(),
        [(PLOT, None), (OTHER, None)],
        ids=["rows.jsonl#0", "rows.jsonl#1"],
    ),
    "jsonl_crlf": Case(
        files(rows_dot_jsonl=lines({"code": PLOT}).replace("\n", "\r\n") * 2),
        jsonl(),
        [(PLOT, None), (PLOT, None)],
    ),
    "jsonl_with_a_mark": Case(
        files(rows_dot_jsonl=b"\xef\xbb\xbf" + lines({"code": PLOT}).encode()), jsonl(), [(PLOT, None)]
    ),
    "jsonl_utf16": Case(files(rows_dot_jsonl=UTF16), jsonl(), [(PLOT + " # é", None)]),
    "jsonl_in_a_named_encoding": Case(
        files(rows_dot_jsonl=json.dumps({"code": PLOT + " # é"}, ensure_ascii=False).encode("cp1252")),
        jsonl(encoding="cp1252"),
        [(PLOT + " # é", None)],
    ),
    "jsonl_in_no_named_encoding": Case(
        files(rows_dot_jsonl=(lines({"code": PLOT}) + '{"code": "é"}\n').encode("cp1252")),
        jsonl(),
        [(PLOT, None), ("{", BAD)],
    ),
    "jsonl_broken_row_between": Case(
        files(rows_dot_jsonl=lines({"code": PLOT}) + "{oh\n" + lines({"code": OTHER})),
        jsonl(),
        [(PLOT, None), ("{oh", BAD), (OTHER, None)],
    ),
    "jsonl_no_code": Case(
        files(rows_dot_jsonl=lines({"code": ""}, {"code": None})), jsonl(), [("", None), ("", None)]
    ),
    "jsonl_of_another_suffix": Case(
        files(rows_dot_txt=lines({"code": PLOT})), jsonl(path="rows.txt"), [(PLOT, None)]
    ),
    "csv_of_another_suffix": Case(
        files(rows_dot_txt=table([{"code": PLOT, "n": "1"}], ";")),
        of_csv(path="rows.txt"),
        [(PLOT, None)],
        ids=["rows.txt#0"],
    ),
    "ndjson_format": Case(
        files(rows_dot_ndjson=lines({"code": PLOT})),
        jsonl(format="NDJSON", path="rows.ndjson"),
        [(PLOT, None)],
    ),
    # CSV as spreadsheets of the world write it.
    "csv_semicolons": Case(
        files(rows_dot_csv=table([{"code": PLOT, "n": "1"}, {"code": OTHER, "n": "2"}], ";")),
        of_csv(),
        [(PLOT, None), (OTHER, None)],
        ids=["rows.csv#0", "rows.csv#1"],
    ),
    "csv_tabs": Case(files(rows_dot_csv=table([{"code": PLOT, "n": "1"}], "\t")), of_csv(), [(PLOT, None)]),
    "csv_pipes": Case(files(rows_dot_csv=table([{"code": PLOT, "n": "1"}], "|")), of_csv(), [(PLOT, None)]),
    "csv_sep_line": Case(
        files(rows_dot_csv="sep=;\n" + table([{"code": PLOT, "n": "1"}], ";")), of_csv(), [(PLOT, None)]
    ),
    "csv_one_column": Case(
        files(rows_dot_csv=table([{"code": PLOT}, {"code": OTHER}])), of_csv(), [(PLOT, None), (OTHER, None)]
    ),
    "csv_semicolons_in_the_code": Case(
        files(rows_dot_csv=table([{"n": "1", "code": "a=1;b=2;c=3"}, {"n": "2", "code": "a=1;b=2"}])),
        of_csv(),
        [("a=1;b=2;c=3", None), ("a=1;b=2", None)],
    ),
    "csv_tsv": Case(
        files(rows_dot_tsv=table([{"code": PLOT, "n": "a, b"}], "\t")),
        of_csv(format="tsv", path="rows.tsv"),
        [(PLOT, None)],
    ),
    "csv_utf16": Case(
        files(rows_dot_csv=table([{"code": PLOT + "#é", "n": "1"}], "\t").encode("utf-16")),
        of_csv(),
        [(PLOT + "#é", None)],
    ),
    "csv_cp1252_named": Case(
        files(rows_dot_csv=table([{"code": PLOT + "#é"}]).encode("cp1252")),
        of_csv(encoding="cp1252"),
        [(PLOT + "#é", None)],
    ),
    "csv_cp1252_not_named": Case(
        files(rows_dot_csv=table([{"code": "x = 'é'"}, {"code": PLOT}]).encode("cp1252")),
        of_csv(),
        [("x = '\\xe9'", BAD), (PLOT, None)],
    ),
    "csv_delimiter_not_quoted": Case(
        files(rows_dot_csv="n,code\n1,plt.plot([1, 2])\n2,print(1)\n"),
        of_csv(),
        [("plt.plot([1", BAD), ("print(1)", None)],
    ),
    "csv_gz": Case(
        lambda folder: (folder / "rows.csv.gz").write_bytes(
            __import__("gzip").compress(table([{"code": PLOT}]).encode())
        ),
        of_csv(path="rows.csv.gz"),
        [(PLOT, None)],
        ids=["rows.csv.gz#0"],
    ),
    "csv_repeated_column": Case(
        files(rows_dot_csv="code,code\nprint(1),print(2)\n"), of_csv(), [("print(1)", None)]
    ),
    # Tables.
    "arrow_file": Case(
        arrow_file("rows.arrow", [{"code": PLOT}]),
        of_csv(format="arrow", path="rows.arrow"),
        [(PLOT, None)],
        ids=["rows.arrow#0"],
    ),
    "feather": Case(
        arrow_file("rows.feather", [{"code": PLOT}]),
        of_csv(format="feather", path="rows.feather"),
        [(PLOT, None)],
    ),
    "dataset_dict_test_split": Case(
        dataset_dict,
        of_csv(format="arrow", path="data"),
        [(PLOT, None)],
        left_out="held-out splits are left out: test/data-00000-of-00001.arrow",
        ids=["train/data-00000-of-00001.arrow#0"],
    ),
    "the_test_split_when_named": Case(
        dataset_dict, of_csv(format="arrow", path="data/test"), [(OTHER, None)]
    ),
    "validation_file_beside": Case(
        tree({"data/train.jsonl": lines({"code": PLOT}), "data/val.jsonl": lines({"code": OTHER})}),
        jsonl(path="data"),
        [(PLOT, None)],
        left_out="1 files of held-out splits are left out: val.jsonl",
    ),
    "nested_column": Case(
        parquet("rows.parquet", [{"answer": {"code": PLOT, "n": 1}}]),
        of_csv(format="parquet", path="rows.parquet", code_column="answer.code"),
        [(PLOT, None)],
    ),
    "nested_column_of_json": Case(
        files(rows_dot_jsonl=lines({"a": {"b": [{"code": PLOT}]}})),
        jsonl(code_column="a.b.0.code"),
        [(PLOT, None)],
    ),
    "nested_column_in_json_text": Case(
        files(rows_dot_csv=table([{"meta": json.dumps({"code": PLOT})}])),
        of_csv(code_column="meta.code"),
        [(PLOT, None)],
    ),
    # Chats, as this project and others write them.
    "messages_column": Case(
        parquet("rows.parquet", [{"messages": CHAT}]),
        of_csv(format="parquet", path="rows.parquet"),
        [(PLOT, None)],
    ),
    "messages_as_code_column": Case(
        files(rows_dot_jsonl=lines({"messages": CHAT})), jsonl(code_column="messages"), [(PLOT, None)]
    ),
    "messages_as_json_text": Case(
        files(rows_dot_csv=table([{"messages": json.dumps(CHAT)}])),
        of_csv(code_column="messages"),
        [(PLOT, None)],
    ),
    "conversations_of_llava": Case(
        files(
            rows_dot_jsonl=lines(
                {
                    "conversations": [
                        {"from": "human", "value": "?"},
                        {"from": "gpt", "value": f"```python\n{PLOT}\n```"},
                    ]
                }
            )
        ),
        jsonl(),
        [(PLOT, None)],
    ),
    "chat_without_code": Case(
        files(
            rows_dot_jsonl=lines(
                {
                    "messages": [
                        {"role": "user", "content": "?"},
                        {"role": "assistant", "content": "It shows 3 bars."},
                    ]
                }
            )
        ),
        jsonl(),
        [("It shows", "collect.other_task")],
    ),
    "several_blocks_of_code": Case(
        files(rows_dot_jsonl=lines({"code": f"One:\n```python\n{PLOT}\n```\nTwo:\n```python\n{OTHER}\n```"})),
        jsonl(),
        [(OTHER, None)],
        changes="one of 2 blocks of code taken",
    ),
    "several_answers": Case(
        files(rows_dot_jsonl=lines({"messages": [*CHAT, *CHAT]})),
        jsonl(),
        [(PLOT, None)],
        changes="one of 2 answers taken",
    ),
    # Ids and pictures.
    "equal_ids": Case(
        files(
            rows_dot_jsonl=lines({"code": PLOT, "id": 7}, {"code": OTHER, "id": 7}, {"code": ICON, "id": 8})
        ),
        jsonl(id_column="id"),
        [(PLOT, None), (OTHER, None), (ICON, None)],
        ids=["7 (rows.jsonl#0)", "7 (rows.jsonl#1)", "8"],
        left_out="1 ids stand in several rows (7)",
    ),
    "small_base64_picture": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": SMALL})),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "base64_picture_in_lines": Case(
        files(
            rows_dot_jsonl=lines(
                {"code": PLOT, "p": "\n".join(SMALL[i : i + 20] for i in range(0, len(SMALL), 20))}
            )
        ),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "data_uri_picture": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": f"data:image/png;base64,{SMALL}"})),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "picture_as_numbers": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": {"bytes": list(png())}})),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "picture_beside_a_csv_below": Case(
        tree({"data/sub/rows.csv": table([{"code": PLOT, "p": "pics/a.png"}]), "data/sub/pics/a.png": png()}),
        of_csv(path="data", image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "missing_picture": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": "gone.png"}, {"code": OTHER})),
        jsonl(image_column="p"),
        [(PLOT, None), (OTHER, None)],
        pictures=[False, False],
        changes="own picture not found: 'gone.png'",
    ),
    "picture_that_is_none": Case(
        tree({"rows.jsonl": lines({"code": PLOT, "p": "a.png"}), "a.png": "<html>"}),
        jsonl(image_column="p"),
        [(PLOT, None)],
        changes="own picture cannot be read",
    ),
    # Places.
    "glob": Case(
        tree(
            {"part-1.jsonl": lines({"code": PLOT}), "part-2.jsonl": lines({"code": OTHER}), "x.jsonl": "{}"}
        ),
        jsonl(path="part-*.jsonl"),
        [(PLOT, None), (OTHER, None)],
    ),
    "glob_of_folders": Case(
        tree({"a/1.jsonl": lines({"code": PLOT}), "b/1.jsonl": lines({"code": OTHER})}),
        jsonl(path="**/*.jsonl"),
        [(PLOT, None), (OTHER, None)],
        ids=["a/1.jsonl#0", "b/1.jsonl#0"],
    ),
    "home_folder": Case(
        files(rows_dot_jsonl=lines({"code": PLOT})), jsonl(path="~/rows.jsonl"), [(PLOT, None)]
    ),
    "zip_of_rows": Case(
        zipped("rows.zip", {"in/a.csv": table([{"code": PLOT}])}),
        of_csv(path="rows.zip"),
        [(PLOT, None)],
        ids=["rows.zip/in/a.csv#0"],
    ),
    "zip_for_a_folder": Case(
        zipped(
            "data.zip", {"in/a.svg": ICON, "in/a.png": png(), "__MACOSX/in/._a.svg": "x", "in/.b.svg": "x"}
        ),
        of_folder(path="data.zip"),
        [(ICON, None)],
        ids=["in/a.svg"],
        pictures=[True],
    ),
    "tar_for_a_folder": Case(
        tarred("data.tar.gz", {"a.svg": ICON}), of_folder(path="data.tar.gz"), [(ICON, None)]
    ),
    "one_file_for_a_folder": Case(
        tree({"a.svg": ICON, "b.svg": ICON}), of_folder(path="a.svg"), [(ICON, None)]
    ),
    "glob_for_a_folder": Case(
        tree({"d/a.svg": ICON, "d/b.py": PLOT}), of_folder(path="d/*.svg"), [(ICON, None)], ids=["a.svg"]
    ),
    # Folders of code.
    "hidden_files": Case(
        tree(
            {
                "data/a.svg": ICON,
                "data/.a.svg": ICON,
                "data/.git/b.svg": ICON,
                "data/.ipynb_checkpoints/c.ipynb": "{}",
            }
        ),
        of_folder(),
        [(ICON, None)],
        left_out="hidden files are not taken",
    ),
    "other_suffixes": Case(
        tree({"data/a.svg": ICON, "data/b.md": "x", "data/c.R": "x", "data/d.md": "y", "data/NOTES": "z"}),
        of_folder(),
        [(ICON, None)],
        left_out="4 other files are not taken: 2 .md, 1 .r, 1 without a suffix (NOTES, b.md, c.R",
    ),
    "picture_of_no_program": Case(
        tree({"data/a.svg": ICON, "data/a.png": png(), "data/z.png": png()}),
        of_folder(),
        [(ICON, None)],
        left_out="1 pictures belong to no program of their name: 1 .png (z.png)",
        pictures=[True],
    ),
    "picture_in_capitals": Case(
        tree({"data/a.svg": ICON, "data/a.PNG": png()}), of_folder(), [(ICON, None)], pictures=[True]
    ),
    "notebook": Case(
        files(data__a_dot_ipynb=notebook("%matplotlib inline\n!pip install x\n" + PLOT, "%%bash\nls")),
        of_folder(),
        [("import matplotlib", None)],
        changes="notebook line removed: %matplotlib inline",
        languages=["python"],
    ),
    "notebook_of_two_figures": Case(
        files(
            data__a_dot_ipynb=notebook("import matplotlib.pyplot as plt\nplt.plot([1])", "plt.bar([1], [2])")
        ),
        of_folder(),
        [("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\n\n\nplt.bar", None)],
    ),
    "notebook_of_another_language": Case(
        files(data__a_dot_ipynb=notebook("plot(1)", language="R")), of_folder(), [("{", BAD)]
    ),
    "notebook_that_is_none": Case(files(data__a_dot_ipynb="oh"), of_folder(), [("oh", BAD)]),
    "pep_263": Case(
        files(data__a_dot_py=LATIN),
        of_folder(),
        [("# -*- coding: utf-8 -*-\n" + PLOT + "\nplt.title('é')", None)],
        changes="iso8859-1 became utf-8",
    ),
    "pep_263_gbk": Case(
        files(data__a_dot_py=("# coding=gbk\n" + PLOT + "\nplt.title('图')\n").encode("gbk")),
        of_folder(),
        [("# coding=utf-8\n" + PLOT + "\nplt.title('图')", None)],
    ),
    "no_declared_encoding": Case(files(data__a_dot_py=b"x = '\xe9'\n"), of_folder(), [("", "bytes")]),
    "html_charset": Case(
        files(data__a_dot_html='<meta charset="iso-8859-1"><p>é</p>'.encode("latin-1")),
        of_folder(),
        [('<meta charset="utf-8"><p>é</p>', None)],
    ),
    "svg_encoding": Case(
        files(
            data__a_dot_svg=('<?xml version="1.0" encoding="ISO-8859-1"?><!--é-->' + ICON).encode("latin-1")
        ),
        of_folder(),
        [('<?xml version="1.0" encoding="utf-8"?><!--é-->', None)],
    ),
    "latex_inputenc": Case(
        files(
            data__a_dot_tex="\\documentclass{article}\\usepackage[latin1]{inputenc}\\begin{document}é\\end{document}".encode(
                "latin-1"
            )
        ),
        of_folder(),
        [("\\documentclass{article}\\usepackage[utf8]{inputenc}\\begin{document}é", None)],
    ),
    "utf16_code": Case(files(data__a_dot_svg=ICON.encode("utf-16")), of_folder(), [(ICON, None)]),
    "html_with_css_beside": Case(
        tree(
            {
                "data/a.html": PAGE,
                "data/css/a.css": "@import 'b.css';\np { color: red }",
                "data/css/b.css": "b { color: blue }",
            }
        ),
        of_folder(),
        [("<html><head><style>\nb { color: blue }\np { color: red }\n</style></head>", None)],
        changes="css/a.css written into the page",
    ),
    "html_with_css_of_the_site": Case(
        tree({"data/sub/a.html": PAGE.replace("css/a.css", "/css/a.css"), "data/css/a.css": "p {}"}),
        of_folder(),
        [("<html><head><style>\np {}\n</style>", None)],
    ),
    "html_with_script_beside": Case(
        tree(
            {"data/a.html": '<p id="p"></p><script src="a.js"></script>', "data/a.js": "p.textContent = 'x'"}
        ),
        of_folder(),
        [("<p id=\"p\"></p><script>\np.textContent = 'x'\n</script>", None)],
    ),
    "html_with_css_outside": Case(
        tree({"data/a.html": PAGE.replace("css/a.css", "../a.css"), "a.css": "p {}"}),
        of_folder(),
        [(PAGE.replace("css/a.css", "../a.css"), None)],
    ),
    "latex_input": Case(
        tree({"data/a.tex": TEX, "data/part.tex": "Hello.\n"}),
        of_folder(),
        [("\\documentclass{article}\n\\begin{document}\nHello.\n\\end{document}", None)],
        changes="part.tex written into the document",
        left_out="1 LaTeX files are parts of others, which input them: 1 .tex (part.tex)",
    ),
    "latex_input_in_a_comment": Case(
        tree({"data/a.tex": TEX.replace("\\input", "% \\input"), "data/part.tex": "Hello.\n"}),
        of_folder(),
        [("\\documentclass{article}\n\\begin{document}\n% \\input{part}", None), ("Hello.", None)],
    ),
    "latex_input_of_itself": Case(tree({"data/part.tex": TEX}), of_folder(), [("\\documentclass", None)]),
    "csv_beside_a_script": Case(
        tree({"data/a.py": READS, "data/a.csv": "x,y\n1,2\n3,4\n"}),
        of_folder(),
        [('from pathlib import Path\n\nPath(\'a.csv\').write_text("""\\\nx,y\n1,2\n3,4\n"""', None)],
        changes="data of a.csv written into the program, 12 bytes, sha256",
    ),
    "csv_in_a_folder_beside": Case(
        tree({"data/code/a.py": READS.replace("a.csv", "../sets/a.csv"), "data/sets/a.csv": "x,y\n1,2\n"}),
        of_folder(),
        [("from pathlib import Path\n\nPath('a.csv').write_text(", None)],
    ),
    "csv_too_large_for_a_program": Case(
        tree({"data/a.py": READS, "data/a.csv": "x,y\n" + "1,2\n" * 20_000}),
        of_folder(),
        [("import pandas", "collect.not_self_contained")],
    ),
    "csv_not_there": Case(tree({"data/a.py": READS}), of_folder(), [("import pandas", None)]),
}
