"""The kind of error that a detail describes, so that a catalogue can group thousands of them."""

from __future__ import annotations

import re

from vincicoder.sample import Reason

_WITH_ERRORS = frozenset(
    {
        Reason.CLEAN_SYNTAX_ERROR,
        Reason.CLEAN_UNDEFINED_NAME,
        Reason.RENDER_ERROR,
        Reason.RENDER_MISSING_DEPENDENCY,
        Reason.RENDER_REMOVED_NAME,
        Reason.RENDER_FORBIDDEN,
        Reason.RENDER_CRASHED,
        Reason.VERIFY_UNDECODABLE,
    }
)
# An exception's class at the start of a line, as `format_exception_only` writes it.
_EXCEPTION = re.compile(
    r"(?:^|: )(?:[a-z_]\w*\.)*((?:[A-Z]\w*)?(?:Error|Exception|Warning|Interrupt|Exit))\b", re.MULTILINE
)
_RULE = re.compile(r"\(([A-Z]+\d+)\)$")
_PLACE = re.compile(r"^(?:line \d+(?::\d+)?(?:, column \d+)?[:,]?|l\.\d+|!)\s*")
_REST = re.compile(r"[:;\"'`<>\\({\[\d]")
_CHARACTERS = 60


def error_class(reason: Reason, detail: str) -> str | None:
    """Return the class of the exception, the rule of the linter, or the message without its particulars.

    None for reasons that are no errors of a program, such as a size, and where the detail names none.
    Of a removed name it is library and name.
    """
    if reason not in _WITH_ERRORS:
        return None
    if reason is Reason.RENDER_REMOVED_NAME:
        return detail.partition(":")[0][:_CHARACTERS]
    found = _EXCEPTION.findall(detail) or _RULE.findall(detail)
    if found:
        return str(found[-1])
    line = next((line for line in map(str.strip, detail.splitlines()) if line), "")
    words = _REST.split(_PLACE.sub("", line), maxsplit=1)[0].strip(" .,-=")
    return words[:_CHARACTERS].strip() or None
