r"""Which beginnings of preambles are worth keeping loaded: lines that only load classes and packages.

A document forks from the process that has read the longest beginning it shares with documents seen
before; the rest of its preamble is read in the fork, so the picture is the same as from a cold run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

SHARED_AFTER = 2
"""A beginning shared by different preambles gets a process of its own when it is seen this often; a whole
preamble gets one at once, since branching off costs a fork and loading it again costs tenths of seconds."""

MAX_COUNTED = 10_000
"""Beginnings remembered; when there are more the counts start again."""

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

    The first is empty: TeX with its format read. The last one reaches beyond \begin{document}
    (`opening`) if all of the preamble is loading lines.
    """
    found = [""]
    end = 0
    for line in preamble.splitlines(keepends=True):
        if not line.endswith("\n") or not _LOADING.fullmatch(line.rstrip("\n")) or _UNSHARED.search(line):
            return found
        end += len(line)
        if "\\" in line:
            found.append(preamble[:end])
    if opening:
        found.append(preamble + opening)
    return found


class Habits:
    """Counts beginnings and says from which one a document should start."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unsuitable: set[str] = set()

    def choose(self, candidates: Sequence[str], warm: Container[str]) -> list[str]:
        """Return the beginnings to use, in order: one that is warm, if any is, then branches to make of it.

        `candidates` are beginnings of one document, shortest first.
        """
        usable = [text for text in candidates if text not in self._unsuitable]
        if not usable:
            return []
        if len(self._counts) > MAX_COUNTED:
            self._counts.clear()
        self._counts.update(usable)
        chosen = [max((text for text in usable if text in warm), key=len, default=usable[0])]
        shared = [text for text in usable[:-1] if self._counts[text] >= SHARED_AFTER]
        for wanted in (*shared[-1:], usable[-1]):
            if len(wanted) > len(chosen[-1]):
                chosen.append(wanted)
        return chosen

    def reject(self, beginning: str) -> None:
        """Never choose this beginning again: its process did not start as it should."""
        self._unsuitable.add(beginning)
