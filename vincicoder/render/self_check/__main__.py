"""Checks one language: `python -m vincicoder.render.self_check LANGUAGE`.

A line a check. Exit 0: all pass; 1: one fails; 2: there is no such language.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.registry import LANGUAGES
from vincicoder.render.self_check.arena import Arena
from vincicoder.render.self_check.checks import (
    SPEC_CHECKS,
    SpecCheck,
    hostile_checks,
    pictures_are_the_same_each_time,
    tools_are_here,
)

_USAGE = 2


def run_checks(spec: LanguageSpec) -> Iterator[tuple[str, str]]:
    """Run every check; yield its name and what is wrong ('' where nothing is).

    Where the tools are missing nothing is drawn: that is one failure, not many.
    """
    for check in SPEC_CHECKS:
        yield _name(check), _problem(check, spec)
    missing = _problem(tools_are_here, spec)
    yield _name(tools_are_here), missing
    if missing:
        return
    yield _name(pictures_are_the_same_each_time), _problem(pictures_are_the_same_each_time, spec)
    with Arena() as arena:
        yield from hostile_checks(spec, arena)


def _problem(check: SpecCheck, spec: LanguageSpec) -> str:
    try:
        return check(spec)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _name(check: SpecCheck) -> str:
    return check.__name__.replace("_", " ")


def main(arguments: Sequence[str]) -> int:
    """Check the language that the only argument names, and return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LANGUAGES:
        received = " ".join(arguments) or "nothing"
        print(
            f"self_check: received {received}; give one language: {', '.join(LANGUAGES)}. "
            "A new one is registered in vincicoder/render/registry.py (docs/adding-a-language.md).",
            file=sys.stderr,
        )
        return _USAGE
    counts = {True: 0, False: 0}
    for name, problem in run_checks(LANGUAGES[arguments[0]]):
        counts[not problem] += 1
        print(f"FAIL  {name}: {problem}" if problem else f"ok    {name}", flush=True)
    print(f"{arguments[0]}: {counts[True]} checks pass, {counts[False]} fail")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
