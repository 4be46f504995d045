"""Faults of molecules, in SMILES (Weininger 1988): tokens first, so that no atom is cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vincicoder.refine.edits import Edit, Span, edit

_TOKEN = re.compile(r"\[[^\]]*\]|Br|Cl|%\d\d|.", re.DOTALL)
_OTHER_ATOM = {"O": "N", "N": "O", "S": "O", "F": "Cl", "Cl": "F", "Br": "Cl", "n": "c", "o": "s", "s": "o"}


def smiles_faults(smiles: str, offset: int) -> Iterator[Edit]:
    """Yield faults of a SMILES string that begins at character `offset` of the source."""
    tokens = [(match.start() + offset, match[0]) for match in _TOKEN.finditer(smiles)]
    for number, (start, token) in enumerate(tokens):
        stop = start + len(token)
        if token in "=#":
            yield edit(
                "wrong_bond",
                f"{'double' if token == '=' else 'triple'} bond became single",
                Span(start, stop),
            )
        elif token in _OTHER_ATOM:
            other = _OTHER_ATOM[token]
            yield edit("wrong_atom", f"{token} became {other}", Span(start, stop, other))
        elif token == "C" and number and tokens[number - 1][1] == "C":
            yield edit("wrong_bond", "single bond became double", Span(start, start, "="))
            yield edit("lost_atom", "one carbon of a chain left out", Span(start, stop))
        elif token == "(":
            end = _closing(tokens, number)
            # A ring bond opened in the branch must close in it, or the rest would not parse.
            inside = [text for _, text in tokens[number + 1 : end]]
            digits = [text for text in inside if text.isdigit() or text.startswith("%")]
            if end and all(digits.count(digit) % 2 == 0 for digit in digits):
                yield edit("lost_branch", f"({''.join(inside)}) left out", Span(start, tokens[end][0] + 1))


def _closing(tokens: list[tuple[int, str]], number: int) -> int:
    depth = 0
    for position in range(number, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[position][1], 0)
        if depth == 0:
            return position
    return 0
