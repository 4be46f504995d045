"""The cells of an Office Open XML spreadsheet (.xlsx; ECMA-376, part 1, 18) as CSV, for a prompt.

Values as they are stored: formulas by their last result, dates in ISO form, no styles.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_BYTES = 50_000_000
_MOST_COLUMNS = 16_384  # the format's own
_DATE_FORMATS = {*range(14, 23), *range(45, 48)}
_FIRST_DAY = datetime(1899, 12, 30)


class SpreadsheetError(ValueError):
    """A file is no spreadsheet that can be read."""


def spreadsheet_as_csv(file: Path) -> str:
    """Return all sheets with cells, each below a line `Sheet: NAME`. Raises `SpreadsheetError`."""
    try:
        with zipfile.ZipFile(file) as archive:
            texts, dates = _texts(archive), _date_styles(archive)
            sheets = [(name, _rows(_part(archive, path), texts, dates)) for name, path in _sheets(archive)]
    except (
        *(OSError, KeyError, ValueError, IndexError, OverflowError, NotImplementedError, RuntimeError),
        *(zipfile.BadZipFile, ElementTree.ParseError),
    ) as error:
        raise SpreadsheetError(f"{file} cannot be read as a spreadsheet: {error}") from error
    return "\n\n".join(f"Sheet: {name}\n{_csv(rows)}" for name, rows in sheets if rows)


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise SpreadsheetError(f"{name} has over {_MOST_BYTES} bytes")
    return ElementTree.fromstring(archive.read(name))


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    links = {link.get("Id"): link.get("Target", "") for link in _part(archive, "xl/_rels/workbook.xml.rels")}
    for sheet in _part(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = links[sheet.get(_LINK)]
        yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(one) for one in _part(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]


def _text(element: ElementTree.Element) -> str:
    runs = [*element.findall(f"{_MAIN}t"), *element.findall(f"{_MAIN}r/{_MAIN}t")]
    return "".join(run.text or "" for run in runs)


def _date_styles(archive: zipfile.ZipFile) -> set[int]:
    """The cell styles, by their place, that show a number as a date."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = _part(archive, "xl/styles.xml")
    own = {
        int(one.get("numFmtId", 0))
        for one in styles.iter(f"{_MAIN}numFmt")
        if re.search(r"[ymdhs]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", one.get("formatCode", "").lower()))
    }
    places = styles.findall(f"{_MAIN}cellXfs/{_MAIN}xf")
    return {n for n, one in enumerate(places) if int(one.get("numFmtId", 0)) in _DATE_FORMATS | own}


def _rows(sheet: ElementTree.Element, texts: list[str], dates: set[int]) -> list[list[str]]:
    rows = []
    for row in sheet.iter(f"{_MAIN}row"):
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            letters = re.match(r"[A-Z]+", cell.get("r", ""))
            column = _column(letters[0]) if letters else len(cells)
            if column >= _MOST_COLUMNS:
                raise SpreadsheetError(f"cell {cell.get('r')} is outside a sheet")
            cells += [""] * (column + 1 - len(cells))
            cells[column] = _value(cell, texts, dates)
        if any(cells):
            rows.append(cells)
    return rows


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1


def _value(cell: ElementTree.Element, texts: list[str], dates: set[int]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return "" if inline is None else _text(inline)
    if not value or kind == "e":
        return ""
    if kind == "s":
        return texts[int(value)]
    if kind == "b":
        return str(value == "1")
    if kind == "n" and int(cell.get("s", 0)) in dates:
        moment = _FIRST_DAY + timedelta(seconds=round(float(value) * 86_400))
        return moment.isoformat(" ").removesuffix(" 00:00:00")
    return value


def _csv(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([*row, *[""] * (width - len(row))] for row in rows)
    return buffer.getvalue().strip("\n")
