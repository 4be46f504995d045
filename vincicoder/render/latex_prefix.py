r"""Which beginnings of preambles are worth keeping loaded: lines that only load classes and packages.

A document forks from the process that has read the longest beginning it shares with documents seen
before; the rest of its preamble is read in the fork, so the picture is the same as from a cold run.
"""

from __future__ import annotations

import re
from collections import Counter

KEEP_LONGER_AFTER = 12
"""A longer beginning gets a process of its own once it has been seen this often: loading what it adds
takes tens of milliseconds a document, a new process about half a second once."""

MAX_COUNTED = 10_000
"""Beginnings remembered; when there are more the counts start anew."""

# No backslash inside: such a line can run no code but that of the packages themselves.
_LOADING = re.compile(
    r"\s*(?:\\(?:documentclass|usepackage|RequirePackage|usetikzlibrary|usepgfplotslibrary|usepgflibrary)"
    r"\s*(?:\[[^\]\\{}^#%]*\])?\s*\{[^\\{}^#%]*\}\s*)*(?:%.*)?"
)
# Whatever is written or looked up by these when they load belongs to one document.
_UNSHARED = re.compile(
    r"pythontex|minted|animate|media9|auto-pst-pdf|pstool|bashful|sagetex|filecontents|datatool"
)


def beginnings(preamble: str) -> list[str]:
    """Return the beginnings of a preamble that end after a loading line, shortest first.

    Those that load no package are left out: they save nothing.
    """
    found = []
    end = 0
    for line in preamble.splitlines(keepends=True):
        if not line.endswith("\n") or not _LOADING.fullmatch(line.rstrip("\n")) or _UNSHARED.search(line):
            break
        end += len(line)
        if "\\usepackage" in line or "\\usetikzlibrary" in line or "{beamer}" in line or "tikz" in line:
            found.append(preamble[:end])
    return found


class Habits:
    """Counts beginnings and says from which one a document should start."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unsuitable: set[str] = set()

    def choose(self, preamble: str, warm: set[str]) -> str | None:
        """Return the beginning to fork at, warm already or to be made so; None for a cold run."""
        candidates = [text for text in beginnings(preamble) if text not in self._unsuitable]
        if not candidates:
            return None
        if len(self._counts) > MAX_COUNTED:
            self._counts.clear()
        self._counts.update(candidates)
        longest_warm = max((text for text in candidates if text in warm), key=len, default=None)
        often = max(
            (text for text in candidates if self._counts[text] >= KEEP_LONGER_AFTER), key=len, default=None
        )
        if longest_warm is None:
            return often or candidates[0]
        if often is not None and len(often) > len(longest_warm):
            return often
        return longest_warm

    def reject(self, beginning: str) -> None:
        """Never choose this beginning again: its process did not start as it should."""
        self._unsuitable.add(beginning)
