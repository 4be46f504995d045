"""One file of code as a program: decoded, with the files beside it that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vincicoder.sample import Reason, Rejection
from vincicoder.sources.own.companions import flatten_latex, inline_page
from vincicoder.sources.own.decoding import decode
from vincicoder.sources.own.notebook import NOTEBOOK, NotebookError, read_notebook
from vincicoder.sources.own.script_data import bring_data


@dataclass(frozen=True, slots=True)
class DecodedProgram:
    """The code (bytes where it is no text), what was changed to have it, and why it cannot be used, if so."""

    code: str | bytes
    changes: tuple[str, ...] = ()
    rejection: Rejection | None = None


def read_program(
    path: Path, root: Path, language: str, encoding: str = "", write_data: bool = True
) -> DecodedProgram:
    """Read a file of code in `language`. Only files within `root` are taken into it.

    Style sheets and scripts go into pages, inputs into LaTeX documents, data into scripts; a notebook becomes
    a script. Data stays where it is with `write_data` false. `encoding` '' takes UTF-8, or what the file
    declares.
    """
    decoded = decode(path.read_bytes(), language, encoding)
    code, changes = decoded.code, decoded.changes
    if isinstance(code, bytes):
        return DecodedProgram(code, changes)
    if path.suffix.lower() == NOTEBOOK:
        try:
            code, notes = read_notebook(code)
        except NotebookError as error:
            return DecodedProgram(code[:4_000], changes, Rejection(Reason.COLLECT_MALFORMED_ROW, str(error)))
        changes += notes
    if language == "html":
        code, notes = inline_page(code, path.parent, root)
    elif language == "latex":
        code, notes = flatten_latex(code, path.parent, root)
    elif language == "python" and write_data:
        code, notes, rejection = bring_data(code, path.parent, root)
        return DecodedProgram(code, changes + notes, rejection)
    else:
        return DecodedProgram(code, changes)
    return DecodedProgram(code, changes + notes)
