r"""Which installed package defines a command or an environment: read from the packages themselves.

A snippet brings no preamble. Where it stops at a command that the fixed preamble lacks, the package that
defines it is loaded and the snippet set again.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path

_TREES = (
    "/usr/share/texlive/texmf-dist/tex/latex",
    "/usr/share/texlive/texmf-dist/tex/generic",
    "/usr/share/texmf/tex/latex",
)
_SUFFIXES = (".sty", ".tex", ".def")
_MAX_FILE_BYTES = 4 << 20
_NAME = r"([A-Za-z@:_]+)"
_DEFINITION = re.compile(
    rf"\\(?:(?:new|renew|provide)(?:robust)?c(?:omman|m)d|DeclareRobustCommand|DeclareMathOperator|def|gdef|let"
    rf"|(?:New|Provide|Declare)(?:Expandable)?DocumentCommand|protected@?def"
    rf"|cs_new(?:_protected)?(?:_nopar)?:Npn)\*?\s*\{{?\\{_NAME}"
)
_ENVIRONMENT = re.compile(
    r"\\(?:newenvironment|NewDocumentEnvironment|DeclareDocumentEnvironment|newcommand\w*environment"
    r"|NewEnviron|newfloat|newtcolorbox|lstnewenvironment|newlist)\*?\s*\{([A-Za-z*]+)\}"
)

# Of several packages that define a name, the first of these; any other only where it is alone.
PREFERRED = (
    *("circuitikz", "chemfig", "siunitx", "forest", "algorithm", "algpseudocode", "algorithm2e", "mhchem"),
    *("listings", "enumitem", "cancel", "physics", "braket", "soul", "ulem", "subcaption", "wrapfig"),
    *("longtable", "colortbl", "diagbox", "hhline", "arydshln", "threeparttable", "pgfgantt", "bytefield"),
    *("tikz-qtree", "tikz-3dplot", "tikz-feynman", "tikz-dependency", "tkz-euclide", "quantikz", "qcircuit"),
    *("chemformula", "chemmacros", "modiagram", "bussproofs", "ebproof", "tcolorbox", "mdframed", "multicol"),
    *("hyperref", "fontawesome5", "pifont", "stmaryrd", "mathrsfs", "dsfont", "xskak", "chessboard"),
)
# These belong together: one is of no use in a snippet without the others.
_TOGETHER = {"algorithm": ("algorithm", "algpseudocode"), "algorithmic": ("algpseudocode",)}
# Defined in ways that no text shows: by key, by loop, by a command of the package's own.
_OTHERS = {
    "tblr": "tabularray",
    "longtblr": "tabularray",
    "feynman": "tikz-feynman",
    "subfigure": "subcaption",
    "subtable": "subcaption",
    "venndiagram2sets": "venndiagram",
    "venndiagram3sets": "venndiagram",
    "\\State": "algpseudocode",
    "\\KwData": "algorithm2e",
    "\\KwIn": "algorithm2e",
    "\\faIcon": "fontawesome5",
    "\\mathds": "dsfont",
    "\\mathscr": "mathrsfs",
    "\\ding": "pifont",
    "\\pgfplotstabletypeset": "pgfplotstable",
    "\\captionof": "caption",
}
# Stand-ins for other packages, and old versions of them.
_NOT_MEANT = re.compile(r"lwarp|.*-\d{4}-\d\d-\d\d$|.*draft$|\w*-?compat$")


def read_packages(cache: Path, stamp: str) -> dict[str, list[str]]:
    r"""Return, by name of a command (`\name`) or environment (`name`), the packages that define it.

    All packages are under the name "".

    Reading them takes seconds, so the answer is kept in `cache` under `stamp`, a name of what is installed.
    """
    kept = cache / "latex" / f"packages-{stamp}.json"
    with suppress(OSError, ValueError):
        known: dict[str, list[str]] = json.loads(kept.read_text())
        return known
    found: dict[str, set[str]] = {}
    for tree in _TREES:
        for folder in sorted(Path(tree).glob("*/")):
            _read_folder(folder, found)
    table = {name: sorted(packages) for name, packages in sorted(found.items())}
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(table))
        part.replace(kept)
    return table


def package_for(name: str, table: dict[str, list[str]]) -> tuple[str, ...]:
    r"""Return the packages to load for a command (`\name`) or environment (`name`), none where unsure."""
    bare = name.lstrip("\\").rstrip("*")
    candidates = table.get(name) or table.get(f"\\{bare}", [])  # `\name` begins the environment `name` too
    named = [package for package in (_OTHERS.get(name, bare),) if package in table.get("", [])]
    for package in (*named, *(one for one in PREFERRED if one in candidates)):
        return _TOGETHER.get(package, (package,))
    return (candidates[0],) if len(candidates) == 1 else ()


def _read_folder(folder: Path, found: dict[str, set[str]]) -> None:
    """Note what the style files of a folder define, each for itself, and its other files for the main one."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES and path.is_file()]
    styles = {path.stem for path in files if path.suffix == ".sty" and not _NOT_MEANT.match(path.stem)}
    found.setdefault("", set()).update(styles)
    for path in files:
        package = path.stem if path.suffix == ".sty" else folder.name
        if package not in styles or path.stat().st_size > _MAX_FILE_BYTES:
            continue
        text = path.read_text("utf-8", "replace")
        for name in _DEFINITION.findall(text):
            if "@" not in name and ":" not in name and "_" not in name:
                found.setdefault(f"\\{name}", set()).add(package)
        for name in _ENVIRONMENT.findall(text):
            found.setdefault(name, set()).add(package)
