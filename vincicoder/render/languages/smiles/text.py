"""SMILES as text (Weininger 1988, OpenSMILES): one word of atoms, bonds, branches and ring marks."""

from __future__ import annotations

import re

from vincicoder.render.languages.code_head import CodeHead

_ATOM = r"(?:\[[^\[\]\s]{1,40}\]|Cl|Br|[BCNOPSFI*]|[bcnops])"
_WORD = re.compile(rf"(?:{_ATOM}|[-=#$:/\\.()]|%\d\d|\d)++")
_BONDED = re.compile(r"[=#()\[\]/\\.@]|[A-Za-z]\d")
_LEAST, _MOST = 4, 2_000  # characters


def syntax_error(code: str) -> str | None:
    """Return why the first word is no SMILES: what cannot stand in one, or brackets that do not pair up."""
    words = code.split(maxsplit=1)
    if not words:
        return "no SMILES in the text"
    found = _WORD.match(words[0])
    if found is None or found.end() < len(words[0]):
        place = found.end() if found else 0
        return f"line 1: {words[0][place : place + 20]!r} cannot stand in a SMILES"
    depth = 0
    for character in re.sub(r"\[[^\]]*\]", "", words[0]):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return "line 1: ) without ("
    return "line 1: ( is never closed" if depth else None


def normal_form(code: str) -> str:
    """Return the SMILES without the name after it."""
    words = code.split(maxsplit=1)
    return words[0] if words else ""


def recognise(head: CodeHead) -> bool | None:
    """Recognise a text of one line whose first word is a SMILES of some atoms with a bond, branch or ring."""
    text = head.code.strip()
    if len(text) > _MOST or "\n" in text or not text:
        return None
    word, *name = text.split(maxsplit=1)
    if len(word) < _LEAST or not _BONDED.search(word) or (name and len(name[0]) > 100):
        return None
    return True if syntax_error(word) is None and re.search(r"[BCNOPScnops]", word) else None


def chart_type(code: str) -> str:
    """Return `mixture`, `aromatic`, `stereo`, `ring` or `chain`, the first that applies."""
    smiles = normal_form(code)
    bare = re.sub(r"\[[^\]]*\]", "", smiles)
    for kind, mark in (("mixture", r"\."), ("aromatic", r"[bcnops]"), ("stereo", r"[@/\\]"), ("ring", r"\d")):
        text = smiles if kind == "stereo" else bare.replace("Cl", "").replace("Br", "")
        if re.search(mark, text):
            return kind
    return "chain"
