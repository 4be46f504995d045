"""What a program did while it drew, as short strings that travel with its result.

A note is a name, or a name and a value: `decoded_image`, `handed_over:browser`, `pages:3`. Renderers add
them to a `Picture`, a `Refusal` or a `HandOver`; the engine adds the hand-over itself. The set is open:
docs/render.md lists the names in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

DECODED_IMAGE = "decoded_image"
MISSING_GLYPHS = "missing_glyphs:"
SCRIPT_ERROR = "script_error:"
REMOVED_NAME = "removed_name:"
UNKNOWN_NAME = "unknown_name:"
CHANGED_CALL = "changed_call:"

MAX_NOTES = 32
_NOTE = re.compile(r"[a-z][a-z0-9_]{0,31}(?::[A-Za-z0-9_.,+*/() -]{1,64})?")
_ERROR_NAME = re.compile(r"[A-Za-z0-9_]{1,40}")
_DRAWS_INSTEAD = {"html": "browser"}


def handed_over_to(language: str) -> str:
    """Return the note of a document that a renderer of another language draws."""
    return f"handed_over:{_DRAWS_INSTEAD.get(language, language)}"


def pages(count: int) -> str:
    """Return the note of a picture that shows several pages, one below the other."""
    return f"pages:{count}"


def missing_glyphs(letters: Iterable[int]) -> str:
    """Return the note of letters (code points) in the picture that no font here has; the first ten."""
    return MISSING_GLYPHS + "+".join(f"{letter:04X}" for letter in list(letters)[:10])


def script_errors(names: Iterable[str]) -> tuple[str, ...]:
    """Return the notes of errors by these names that a page's own scripts did not catch."""
    return merged(SCRIPT_ERROR + (name if _ERROR_NAME.fullmatch(name) else "Error") for name in names)


def decoded_bytes(count: int) -> str:
    """Return the note of how large the image files were that a program decoded from its own bytes."""
    return f"decoded_bytes:{count}"


def decoded_share(share: float) -> str:
    """Return the note of how much of the picture shows such images, in hundredths."""
    return f"decoded_share:{min(round(100 * share), 100)}"


def scaled(factor: float) -> str:
    """Return the note of a picture that was over the limits: what its sides were multiplied by."""
    return f"scaled:{factor:.3f}"


def canvas_pixels(count: int) -> str:
    """Return the note of how many pixels a page's canvases have."""
    return f"canvas_pixels:{count}"


def set_pixels(count: int) -> str:
    """Return the note of a picture of which pixels were set one by one or from tables."""
    return f"set_pixels:{count}"


def marks(count: int, information: int = 0) -> str:
    """Return the note of how many marks a picture is made of: cells, bars, dots, boxes, stops, corners.

    `information` is the bytes of information in them, where it is known: more than the program's literals
    hold means that they were computed.
    """
    return f"marks:{count}/{information}" if information else f"marks:{count}"


def changed_call(library: str, name: str, since: str) -> str:
    """Return the note of a call that a library answers otherwise since a version, without an error."""
    return f"{CHANGED_CALL}{library} {name} {since}"


def changed_calls(notes: Iterable[str]) -> tuple[str, ...]:
    """Return those notes that say of such a call."""
    return tuple(note for note in notes if note.startswith(CHANGED_CALL))


class RemovedName(NamedTuple):
    """A library's name that not every version has, and since when it is gone or there, '' where not known."""

    library: str
    name: str
    since: str


def read_removed_name(note: str) -> RemovedName:
    """Return what a note `removed_name:LIBRARY NAME SINCE`, `unknown_name:` or `changed_call:` says."""
    library, _, rest = note.partition(":")[2].partition(" ")
    name, _, since = rest.rpartition(" ")
    return (
        RemovedName(library, name, since) if since[:1].isdigit() and name else RemovedName(library, rest, "")
    )


def note_values(notes: Iterable[str], name: str) -> tuple[int, ...]:
    """Return the numbers of the note of a name, the largest where it was noted several times; () if none.

    `marks:5/9` gives (5, 9).
    """
    found = []
    for note in notes:
        key, _, value = note.partition(":")
        parts = value.split("/")
        if key == name and all(part.isdecimal() for part in parts):
            found.append(tuple(int(part) for part in parts))
    return max(found, default=())


def checked_notes(notes: object) -> tuple[str, ...]:
    """Return notes that came from a worker or a sample, each once, in order.

    Raises ValueError where they are not a list of at most `MAX_NOTES` notes.
    """
    if not isinstance(notes, list | tuple) or len(notes) > MAX_NOTES:
        raise ValueError(f"received {str(notes)[:200]!r} as notes; allowed is a list of up to {MAX_NOTES}")
    for note in notes:
        if not isinstance(note, str) or not _NOTE.fullmatch(note):
            raise ValueError(f"received {str(note)[:200]!r} as a note; allowed is name or name:value")
    return merged(notes)


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return all notes of several groups, each once, in order of first appearance."""
    return tuple(dict.fromkeys(note for group in groups for note in group))
