"""Layouts of items that ask for more than to reproduce one picture, with content of our own."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.benchmarks.layouts import CODE, picture

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = """<sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>
<c r="D1" t="inlineStr"><is><t>dry</t></is></c></row>
<row r="2"><c r="A2" s="1"><v>43831</v></c><c r="B2"><v>3.5</v></c><c r="D2" t="b"><v>1</v></c></row>
<row r="3"><c r="A3" s="1"><v>43832.75</v></c><c r="B3"><f>B2*2</f><v>7</v></c>
<c r="D3" t="e"><v>#N/A</v></c></row>
</sheetData>"""
TABLE = 'Sheet: Rain\nday,"mm, all",,dry\n2020-01-01,3.5,,True\n2020-01-02 18:00:00,7,,'


def write_spreadsheet(path: Path) -> None:
    """A workbook with one sheet of `TABLE`, and an empty one."""
    texts = "<si><t>day</t></si><si><r><t>mm</t></r><r><t>, all</t></r></si>"
    styles = '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    sheets = "".join(f'<sheet name="{name}" r:id="r{n}"/>' for n, name in enumerate(("Rain", "Empty")))
    links = "".join(f'<Relationship Id="r{n}" Target="worksheets/sheet{n}.xml"/>' for n in range(2))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>")
        for name, root, inside in (
            ("workbook", "workbook", f'<sheets xmlns:r="{_LINKS}">{sheets}</sheets>'),
            ("sharedStrings", "sst", texts),
            ("styles", "styleSheet", styles),
            ("worksheets/sheet0", "worksheet", _SHEET),
            ("worksheets/sheet1", "worksheet", "<sheetData/>"),
        ):
            archive.writestr(f"xl/{name}.xml", f'<{root} xmlns="{_MAIN}">{inside}</{root}>')


def write_chart2code(folder: Path) -> None:
    """One item of `level1_figure` and one of `level3`."""
    data = folder / "data"
    for level in ("level1_figure", "level3"):
        (data / level).mkdir(parents=True)
        (data / level / "want.txt").write_text(f"Draw {level} <image>.")
        (data / level / "style.png").write_bytes(picture(3))
        (data / level / "a.png").write_bytes(picture())
        (data / level / "a.py").write_text(CODE["python"])
        row = {"input image": "style.png", "instruction": "want.txt", "GT image": "a.png", "GT code": "a.py"}
        row |= {"input image_2": "data.png"} if level == "level1_figure" else {"input excel": "table.xlsx"}
        named = {key: f"{level}/{value}" for key, value in row.items()}
        (data / f"{level}.json").write_text(json.dumps([named]))
    (data / "level1_figure/data.png").write_bytes(picture(4))
    write_spreadsheet(data / "level3/table.xlsx")


def write_chartmimic(folder: Path) -> None:
    """The folders of both tasks with one item, and the list of what is asked of the second."""
    for part, size in (("direct_600", 3), ("customized_600", 0)):
        (folder / part).mkdir(parents=True)
        (folder / part / "bar_1.py").write_text(CODE["python"])
        (folder / part / "bar_1.png").write_bytes(picture(size) if size else picture())
    row = {"idx": "bar_1", "instruction": "Draw rain = [3, 9].", "width": 7.0, "height": 5.0, "code": "x = 1"}
    (folder / "dimentions_info_edit.jsonl").write_text(json.dumps(row) + "\n")
