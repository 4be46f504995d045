"""Data files beside code: which a program is given, and which it is refused, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sources.layout import all_rows, write_files
from vincicoder.data_files import MOST_BYTES, data_names, pack_data, problem_with, unpack_data
from vincicoder.sample import DataFile
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.data_folder import DataFolder, DataRefusedError
from vincicoder.sources.own.source_config import load_source_config

if TYPE_CHECKING:
    from vincicoder.sources.base import Source

_FILES = {
    "data/cars.json": '[{"a": 1}]',
    "data/rates.csv": "a,b\n1,2\n",
    "charts/rows.dat": "1 2\n",
    "rows.dat": "3 4\n",
}
_TABLE = "\\begin{axis}\\addplot[red] table[x=a, col sep=comma] {data/rates.csv};\\end{axis}"


def _code(read: str) -> str:
    return f"import pandas as pd\ntable = pd.read_csv({read!r})\ntable.plot()\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    root = tmp_path_factory.mktemp("data") / "root"
    write_files(root, _FILES)
    write_files(root.parent, {"outside.csv": "secret\n"})
    (root / "link.csv").symlink_to("/etc/passwd")
    (root / "inner.csv").symlink_to(root / "data/rates.csv")
    (root / "behind").symlink_to(root.parent)
    (root / "folder.csv").mkdir()
    with (root / "huge.csv").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    return DataFolder(root)


@pytest.mark.parametrize(
    ("language", "code", "names"),
    [
        ("python", _code("data/rates.csv"), ["data/rates.csv"]),
        ("python", _code("./data/rates.csv"), ["data/rates.csv"]),
        ("python", "import os\nrows = open(os.path.join('data', 'cars.json')).read()", ["data/cars.json"]),
        ("python", "rows = (Path('data') / 'cars.json').read_text()", ["data/cars.json"]),
        ("python", "title = 'see data/cars.json.'\nother = 'gone.csv'", []),
        ("python", _code("https://host/a.csv"), []),
        ("python", "frame.to_csv('made.csv')\n" + _code("made.csv"), []),
        ("vega-lite", '{"data": {"url": "data/cars.json"}, "mark": "bar"}', ["data/cars.json"]),
        (
            "vega-lite",
            '{"layer": [{"transform": [{"lookup": "a", "from": {"data": {"url": "data/rates.csv"}}}]}], '
            '"data": {"url": "https://host/data/cars.json"}}',
            ["data/rates.csv"],
        ),
        ("gnuplot", "# plot 'no.csv'\nset title 'a'\nplot [0:1] 'rows.dat' u 1, \\\n 'data/rates.csv'", None),
        ("latex", _TABLE, ["data/rates.csv"]),
        ("latex", "% \\addplot table {no.csv};\n\\pgfplotstableread[col sep=comma]{data/rates.csv}\\t", None),
        ("latex", "\\DTLloaddb[noheader]{table}{data/rates.csv}\\csvautotabular{rows.dat}", None),
        ("svg", "<svg><image href='data/cars.json'/></svg>", []),
    ],
)  # fmt: skip
def test_a_program_gets_the_files_that_it_names(
    folder: DataFolder, language: str, code: str, names: list[str] | None
) -> None:
    found = [file.name for file in folder.files_for(code, language)]
    if names is None:
        names = sorted(name.path for name in data_names(code, language))
        assert names and set(names) <= {"data/rates.csv", "rows.dat"}
    assert found == names


@pytest.mark.parametrize(
    ("name", "reason", "detail"),
    [
        ("gone.csv", "data_missing", "'gone.csv', which is not in the folder"),
        ("folder.csv", "data_missing", "'folder.csv'"),
        ("/etc/passwd.csv", "data_forbidden", "no path relative"),
        ("~/secret.csv", "data_forbidden", "no path relative"),
        ("../outside.csv", "data_forbidden", "leads out"),
        ("data/../../outside.csv", "data_forbidden", "leads out"),
        ("data//rates.csv", "data_forbidden", "empty"),
        ("data/.hidden.csv", "data_forbidden", "begins with a dot"),
        ("C:\\secret.csv", "data_forbidden", "no path relative"),
        ("file:///etc/passwd.csv", "", ""),
        ("a<image>.csv", "data_forbidden", "no path relative"),
        ("\x1bred.csv", "data_forbidden", "not printable"),
        ("terminal.txt", "data_forbidden", "has a file of that name"),
        ("link.csv", "data_forbidden", "'link.csv', which is a link"),
        ("inner.csv", "data_forbidden", "is a link"),
        ("behind/outside.csv", "data_forbidden", "lies behind one"),
        ("huge.csv", "data_too_large", f"{MOST_BYTES} bytes"),
    ],
)
def test_other_files_are_refused_by_name(folder: DataFolder, name: str, reason: str, detail: str) -> None:
    if not reason:  # an address: cleaning says so
        assert folder.files_for(_code(name), "python") == ()
        return
    with pytest.raises(DataRefusedError) as refused:
        folder.files_for(_code(name), "python")
    assert refused.value.rejection.reason == f"collect.{reason}"
    assert detail in refused.value.rejection.detail


def test_a_program_may_read_sixteen_files(tmp_path: Path) -> None:
    write_files(tmp_path, {f"{number}.csv": "1\n" for number in range(17)})
    code = "set grid\n" + "".join(f"plot '{number}.csv'\n" for number in range(17))
    assert len(DataFolder(tmp_path).files_for(code[: code.rindex("plot")], "gnuplot")) == 16
    with pytest.raises(DataRefusedError, match="at most 16 files"):
        DataFolder(tmp_path).files_for(code, "gnuplot")


def _load(folder: Path, **fields: str) -> Source:
    entry = {"name": "own", "format": "folder", "path": "code", "domain": "chart", "license": "MIT", **fields}
    (folder / "own.yaml").write_text(json.dumps({"sources": [entry]}))
    (source,) = load_source_config(folder / "own.yaml")
    return source


def test_a_source_of_files_looks_beside_each_program_first(tmp_path: Path) -> None:
    files = {"code/a/chart.gp": "plot 'rows.dat'", "code/a/rows.dat": "1 2\n", "code/rows.dat": "3 4\n"}
    write_files(tmp_path, {**files, "code/b/chart.gp": "plot 'rows.dat'", "code/c.py": _code("none.csv")})
    source = _load(tmp_path, data="code")
    rows = {row.source_id: row for row in all_rows(source)}
    assert [file.content for name in ("a/chart.gp", "b/chart.gp") for file in rows[name].data] == [
        b"1 2\n",
        b"3 4\n",
    ]
    rejection = rows["c.py"].rejection
    assert rejection is not None and rejection.reason == "collect.data_missing"
    before = source.revision()
    (tmp_path / "code/rows.dat").write_text("3 5\n")
    assert _load(tmp_path, data="code").revision() != before
    with pytest.raises(SourceUnavailableError, match="no folder of data"):
        _load(tmp_path, data="elsewhere").revision()


def test_packed_data_comes_back_and_foreign_names_do_not() -> None:
    files = (DataFile("b.csv", b"1,2\n"), DataFile("data/a.npy", b"\x93NUMPY\xff"))
    assert unpack_data(pack_data(files)) == files
    assert pack_data(()) == "" and unpack_data("") == ()
    for wrong, why in (
        ('{"../a.csv": ""}', "leads out"),
        ('{"sitecustomize.py": "import os"}', "does not end in"),
        ('{"a.csv": 3}', "is a text"),
        ('{"a.csv": {"base64": "?"}}', "base64|padding"),
        ("[]", "JSON object"),
        ("{", "Expecting"),
    ):
        with pytest.raises(ValueError, match=why):
            unpack_data(wrong)
    assert problem_with("data/cars.json") == ""
