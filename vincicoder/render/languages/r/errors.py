"""What a program of R came to, in R's words, and the reason that these are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vincicoder.render.notes import checked_notes
from vincicoder.render.protocol import Refusal
from vincicoder.render.worker.program_folder import file_is_not_here
from vincicoder.sample import Reason

_MAX_CHARACTERS = 1500
_PICTURE = re.compile(r"\d{1,6}-\d{1,6}\.png|")
# Of R itself, of readr and of data.table.
_NO_FILE = re.compile(
    r"cannot open (?:compressed )?file '(?P<name>[^'\n]{1,300})'[^\n]*(?:No such file|Is a directory)|"
    r"'(?P<readr>[^'\n]{1,300})' does not exist(?: in current working directory)?|"
    r"File '(?P<fread>[^'\n]{1,300})' does not exist|"
    r"path\[1\]=\"(?P<path>[^\"\n]{1,300})\": No such file"
)
_NO_PACKAGE = re.compile(r"there is no package called [‘'](?P<name>[\w.]+)[’']")
_NO_MEMORY = re.compile(
    r"cannot allocate (?:vector|memory|buffer)|memory exhausted|bad_alloc|could not allocate memory|"
    r"[Cc]annot allocate memory|invalid argument.*memory|unable to allocate"
)
_FULL = re.compile(r"No space left on device|File too large|Disk quota exceeded")
_NOT_ALLOWED = re.compile(
    r"Permission denied|Operation not permitted|Read-only file system|unable to fork|"
    r"(?:server )?socket failed|cannot open (?:URL|the connection to 'https?:)|port \d+ cannot be opened|"
    r"[Cc]ould(?:n't| not) (?:resolve|connect)|Failed to connect|network"
)
_PARSED = re.compile(r"sample\.R:(?P<line>\d+):\d+: (?P<message>[^\n]*)")


@dataclass(frozen=True, slots=True)
class Told:
    """What the program's process said of it: `reason` is '' where it came to its end, `error` or `syntax` for
    an error of R, else a reason of ours. `warned` are the last warnings, a line each."""

    reason: str
    words: str
    line: str
    warned: str
    picture: str
    notes: tuple[str, ...]

    @staticmethod
    def read(said: str) -> Told | None:
        """Return it, or None for what cannot have come of our own code."""
        parts = said.split("\0")
        if len(parts) < 5 or not _PICTURE.fullmatch(parts[4]):
            return None
        reason, words, line, warned, picture, *said_notes = parts
        try:
            notes = checked_notes(said_notes)
        except (TypeError, ValueError):
            return None
        return Told(reason, words, line if line.isdecimal() else "", warned, picture, notes)


def refusal_of(told: Told) -> Refusal:
    """Return why the program has no picture."""
    if told.reason == "syntax":
        found = _PARSED.search(told.words)
        words = f"line {found['line']}: {found['message']}" if found else told.words
        return Refusal(Reason.RENDER_ERROR, words[:_MAX_CHARACTERS])
    place = f"line {told.line}: " if told.line else ""
    detail = f"{place}{told.words}"
    if told.reason != "error":
        try:
            return Refusal(Reason(told.reason), detail[:_MAX_CHARACTERS])
        except ValueError:
            return Refusal(Reason.RENDER_CRASHED, "answered with no reason that there is")
    # R says why a file cannot be opened in a warning, and in the error that it cannot.
    cause = told.warned.rpartition("\n")[2] if "cannot open" in told.words else ""
    both = f"{told.words}\n{cause}"
    if _NO_MEMORY.search(both):
        return Refusal(Reason.RENDER_OUT_OF_MEMORY, detail[:_MAX_CHARACTERS])
    if found := _NO_PACKAGE.search(told.words):
        return Refusal(Reason.RENDER_MISSING_DEPENDENCY, f"{place}missing package {found['name']!r}")
    if found := _NO_FILE.search(both):
        return file_is_not_here(next(filter(None, found.groups())))
    if _FULL.search(both):
        return Refusal(Reason.RENDER_OUTPUT_LIMIT, f"{detail}\n{cause}"[:_MAX_CHARACTERS])
    if _NOT_ALLOWED.search(both):
        return Refusal(Reason.RENDER_FORBIDDEN, f"{detail}\n{cause}".strip()[:_MAX_CHARACTERS])
    if "could not find function" in told.words and (found := _NO_PACKAGE.search(told.warned)):
        return Refusal(
            Reason.RENDER_MISSING_DEPENDENCY, f"missing package {found['name']!r}: {detail}"[:_MAX_CHARACTERS]
        )
    return Refusal(Reason.RENDER_ERROR, detail[:_MAX_CHARACTERS])
