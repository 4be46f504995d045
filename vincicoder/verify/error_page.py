"""Pages that show an error instead of their content, as a crawler gets them for a removed page."""

from __future__ import annotations

import re

from vincicoder.sample import Language, Reason, Rejection

# A page with more to read than this has content of its own, whatever else it says.
_MAX_CHARACTERS = 600
_INVISIBLE = re.compile(
    r"<(script|style|template|noscript)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.I
)
_MESSAGES = re.compile(
    r"\b(?:404|403|401|500|502|503|504|410)\b[\s:|-]{0,5}"
    r"(?:error|not found|page not found|forbidden|unauthorized|internal server error|bad gateway"
    r"|service (?:temporarily )?unavailable|gateway time-?out|gone)\b"
    r"|\berror[\s:]{0,3}(?:404|403|500|502|503)\b"
    r"|^\s*(?:page |file )?not found\b|\bthis (?:page|site) can.?t be (?:found|reached)\b"
    r"|\bthe requested url\b.{0,80}\bwas not found\b"
    r"|^\s*(?:access denied|forbidden|bad request|internal server error|just a moment\.\.\.)"
    r"|\bchecking your browser before\b|\benable javascript and cookies to continue\b"
    r"|\bthis account has been suspended\b|\bdomain (?:is )?for sale\b|^\s*index of /"
    r"|\bERR_[A-Z]+_[A-Z_]+\b"
    r"|\btraceback \(most recent call last\)|\bfatal error\b: .{0,200} on line \d+"
    r"|\bexception in thread \"|\bat [\w.$]+\([\w]+\.java:\d+\)",
    re.IGNORECASE | re.DOTALL,
)


def error_page(language: str, code: str) -> Rejection | None:
    """Return a rejection for a page of which a short error message is all there is to read, or None.

    The text is read from the code, which is exact; what scripts write into a page is not seen.
    """
    if language != Language.HTML:
        return None
    text = re.sub(r"\s+", " ", _INVISIBLE.sub(" ", code)).strip()
    if len(text) > _MAX_CHARACTERS:
        return None
    match = _MESSAGES.search(text)
    return Rejection(Reason.VERIFY_ERROR_PAGE, f"the page says {match[0].strip()[:80]!r}") if match else None
