"""Rows in unusual files, each with what must become of it."""

from __future__ import annotations

import gzip
import json

from tests.sources.own.writers import (
    BAD,
    CHAT,
    ICON,
    OTHER,
    PLOT,
    UTF16,
    Case,
    arrow_file,
    dataset_dict,
    files,
    jsonl,
    lines,
    of_csv,
    of_folder,
    parquet,
    table,
    tree,
)

ROWS: dict[str, Case] = {
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
        lambda folder: (folder / "rows.csv.gz").write_bytes(gzip.compress(table([{"code": PLOT}]).encode())),
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
}
