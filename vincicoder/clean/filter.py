"""What a filter of cleaning is, and its result: kept (None), changed, or rejected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vincicoder.sample import Rejection


@dataclass(frozen=True, slots=True)
class Changed:
    """The code that takes the place of the old one, and in a few words what was changed."""

    code: str
    note: str


FilterResult = Changed | Rejection | None
"""None keeps the code as it is."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of cleaning. `check` is given the codes of some rows and answers once for each.

    `languages` are those it looks at; empty means all. `beside` is asked instead about a program that brings
    data files, whose names it is given.
    """

    name: str
    check: Callable[[Sequence[str]], Sequence[FilterResult]]
    languages: frozenset[str] = frozenset()
    beside: Callable[[str, frozenset[str]], FilterResult] | None = None


def each(check: Callable[[str], FilterResult]) -> Callable[[Sequence[str]], Sequence[FilterResult]]:
    """Return the check of many codes that checks one by one."""

    def check_all(codes: Sequence[str]) -> Sequence[FilterResult]:
        return [check(code) for code in codes]

    return check_all
