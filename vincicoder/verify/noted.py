"""Rejects pictures by the renderer's notes: letters that no font has, scripts that lack another script."""

from __future__ import annotations

from collections.abc import Sequence

from vincicoder.sample import Reason, Rejection

# As `vincicoder.render.notes` and the cleaning of pages write them.
_MISSING_GLYPHS, _SCRIPT_ERROR = "missing_glyphs:", "script_error:"
_SCRIPTS_REMOVED = "scripts removed"


def check_notes(notes: Sequence[str], changes: Sequence[str]) -> Rejection | None:
    """Return why a picture cannot be what its code means, by what was noted of it, or None.

    `changes` are those that cleaning made to the code. A page whose own script fails after another was
    removed shows less than its author saw.
    """
    for note in notes:
        if note.startswith(_MISSING_GLYPHS):
            letters = [f"U+{letter}" for letter in note.removeprefix(_MISSING_GLYPHS).split("+")]
            return Rejection(Reason.VERIFY_MISSING_GLYPHS, f"no font here has {', '.join(letters)}")
    removed = next((change for change in changes if _SCRIPTS_REMOVED in change), "")
    if removed:
        for note in notes:
            if note.startswith(_SCRIPT_ERROR):
                error = note.removeprefix(_SCRIPT_ERROR)
                return Rejection(
                    Reason.VERIFY_REMOVED_SCRIPT, f"the page's own script fails with {error} ({removed})"
                )
    return None
