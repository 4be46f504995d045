"""Run by path in a process of its own: sets `sample.typ` to `picture.pdf`, or writes `error.txt`.

python compile.py PACKAGES FONTS...
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, sys.argv[1])
typst = import_module("typst")  # found in that folder alone

try:
    Path("picture.pdf").write_bytes(
        typst.compile("sample.typ", format="pdf", font_paths=sys.argv[2:], ignore_system_fonts=True)
    )
except typst.TypstError as error:
    Path("error.txt").write_text(f"{error}\n{getattr(error, 'diagnostic', '')}", "utf-8")
