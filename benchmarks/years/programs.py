"""Whole programs as tutorials and language models write them, from `programs_YEAR.txt`."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_HEADING = re.compile(r"^##### (\w+)\n", re.MULTILINE)


def programs(year: str) -> dict[str, str]:
    """Return the programs in the manner of a year (2019 or 2024) by name."""
    parts = _HEADING.split((_FOLDER / f"programs_{year}.txt").read_text("utf-8"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))
