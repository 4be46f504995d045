"""The maker that needs no model: it makes faults in the sample's own code, chosen by the hash of its id."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import MappingProxyType
from xml.parsers import expat

from libcst import CSTValidationError, ParserSyntaxError

from vincicoder.refine.edits import Edit, apply_edits, overlap
from vincicoder.refine.protocol import Flaw, Target
from vincicoder.render.registry import LANGUAGES
from vincicoder.shares import unit

VERSION = 1
"""Raise it whenever the faults change: it is part of the outputs' keys."""

# How likely a kind is to be taken, 1 where it is not named. Faults that keep a program from running are
# rarer than those that only show; what hardly shows would be tried in vain.
_WEIGHTS = MappingProxyType(
    {
        "missing_import": 0.15, "wrong_keyword": 0.3, "missing_package": 0.2, "missing_end": 0.2,
        "missing_semicolon": 0.2, "broken_rule": 0.6, "unclosed_element": 0.5, "lost_setting": 0.6,
        "lost_declaration": 0.8, "moved_element": 0.8, "lost_script": 0.7, "lost_cell": 0.5,
        "dropped_series": 2.0, "wrong_chart_type": 2.0, "wrong_bond": 2.5, "wrong_atom": 1.5,
        "lost_branch": 2.0, "dropped_element": 1.5, "dropped_command": 1.5, "wrong_coordinate": 1.5,
        "swapped_colors": 1.5,
    }
)  # fmt: skip

# Programs whose faults are remembered for the next round: some batches of samples are refined at a time.
_KEPT_PROGRAMS = 256

# How many faults one flaw has: one for 50% of samples, two for 30%, three for 20%.
_FAULTS_OF_PERCENT = ((50, 1), (80, 2), (100, 3))


class MutationMaker:
    """Makes one to three faults of different kinds in a sample's code."""

    name = "mutation"

    def __init__(self, rounds: int = 3) -> None:
        self.rounds = rounds

    def describe(self) -> dict[str, object]:
        return {"maker": self.name, "version": VERSION, "rounds": self.rounds}

    def make(self, targets: Sequence[Target], round_number: int) -> Iterator[Flaw]:
        """Yield one flaw for each target in which a fault can be made."""
        for target in targets:
            flaw = mutate(target.sample_id, target.language, target.code, round_number)
            if flaw is not None:
                yield flaw


def find_faults(language: str, code: str) -> list[Edit]:
    """Return every fault that can be made in a program; none for a language without a finder.

    Raises what the language's parser raises.
    """
    spec = LANGUAGES.get(language)
    return [] if spec is None or spec.faults is None else spec.faults()(code)


@lru_cache(maxsize=_KEPT_PROGRAMS)
def _faults_of(language: str, code: str) -> Sequence[Edit]:
    return find_faults(language, code)


def mutate(sample_id: str, language: str, code: str, round_number: int = 0) -> Flaw | None:
    """Return the flaw of one sample, the same every time, or None where its code offers no fault.

    Each round takes other faults. Code that its parser refuses offers none.
    """
    try:
        edits = _faults_of(language, code)
    except (ParserSyntaxError, CSTValidationError, expat.ExpatError, ValueError, RecursionError):
        return None
    chosen = _choose(sample_id, edits, round_number)
    if not chosen:
        return None
    flawed = apply_edits(code, chosen)
    if flawed == code or not flawed.strip():
        return None
    kinds = tuple(sorted(each.kind for each in chosen))
    return Flaw(sample_id, flawed, MutationMaker.name, kinds, "; ".join(each.detail for each in chosen))


def _choose(sample_id: str, edits: Sequence[Edit], round_number: int) -> list[Edit]:
    by_kind: dict[str, list[Edit]] = {}
    for each in edits:
        by_kind.setdefault(each.kind, []).append(each)
    # Weighted sampling without replacement (Efraimidis and Spirakis 2006): the smallest -ln(u)/w first.
    kinds = sorted(
        by_kind, key=lambda kind: (-math.log(_unit(sample_id, kind)) / _WEIGHTS.get(kind, 1.0), kind)
    )
    percent = 100 * _unit(sample_id, "faults")
    wanted = next(count for limit, count in _FAULTS_OF_PERCENT if percent <= limit)
    chosen: list[Edit] = []
    for step in range(len(kinds)):
        kind = kinds[(round_number + step) % len(kinds)]
        # Half of the choices are made again in a later round, should the kinds have come round.
        ranked = sorted(
            by_kind[kind],
            key=lambda each: _unit(sample_id, f"{kind} {each.spans[0].start} {each.detail} {round_number}"),
        )
        free = [each for each in ranked if not any(overlap(each, taken) for taken in chosen)]
        if free:
            chosen.append(free[0])
        if len(chosen) == wanted:
            break
    return chosen


def _unit(sample_id: str, purpose: str) -> float:
    """A number above 0 and at most 1, decided by the sample's id and a purpose."""
    return unit(f"refine\0{purpose}\0{sample_id}")
