r"""Which beginnings of preambles are worth keeping loaded: lines that only load classes and packages.

A document forks from the process that has read the longest beginning it shares with documents seen
before; the rest of its preamble is read in the fork, so the picture is the same as from a cold run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

KEEP_AFTER = 2
"""A beginning gets a process of its own when it is seen this often: branching off costs a fork."""

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


def beginnings(preamble: str, opening: str) -> list[str]:
    r"""Return the beginnings of a document that end after a loading line, shortest first.

    Those that load no package are left out: they save nothing. The last one reaches beyond
    \begin{document} (`opening`) if all of the preamble is loading lines.
    """
    found: list[str] = []
    end = 0
    for line in preamble.splitlines(keepends=True):
        if not line.endswith("\n") or not _LOADING.fullmatch(line.rstrip("\n")) or _UNSHARED.search(line):
            return found
        end += len(line)
        if "\\usepackage" in line or "tikz" in line or "{beamer}" in line:
            found.append(preamble[:end])
    if found and opening:
        found.append(preamble + opening)
    return found


class Habits:
    """Counts beginnings and says from which one a document should start."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unsuitable: set[str] = set()

    def choose(self, candidates: Sequence[str], warm: Container[str]) -> list[str]:
        """Return the beginnings to make warm, in order, each a branch of the one before, ending with the
        one to start from; or only that one, if it is warm already; or nothing, for a cold run.

        `candidates` are beginnings of one document, shortest first.
        """
        usable = [text for text in candidates if text not in self._unsuitable]
        if not usable or usable[0] != candidates[0]:
            return []
        if len(self._counts) > MAX_COUNTED:
            self._counts.clear()
        self._counts.update(usable)
        chosen = [max((text for text in usable if text in warm), key=len, default=usable[0])]
        wanted = max((text for text in usable if self._counts[text] >= KEEP_AFTER), key=len, default="")
        if len(wanted) > len(chosen[0]):
            chosen.append(wanted)
        return chosen

    def reject(self, beginning: str) -> None:
        """Never choose this beginning again: its process did not start as it should."""
        self._unsuitable.add(beginning)
