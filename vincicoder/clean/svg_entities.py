"""XML entities in drawings: drawing programs use them to shorten names, hardened parsers refuse them all."""

from __future__ import annotations

import re

from vincicoder.clean.filter import Changed, FilterResult

_DOCTYPE = re.compile(
    r"<!DOCTYPE\s+[\w:.-]+[^\[<>]*\[(?P<subset>[^\]<>]*(?:<!ENTITY[^<>]*>[^\]<>]*)*)\]\s*>\s*"
)
_ENTITY = re.compile(
    r"<!ENTITY\s+(?P<name>[\w:.-]+)\s+(?:\"(?P<double>[^\"<>&%]*)\"|'(?P<single>[^'<>&%]*)')\s*>"
)
# What Illustrator and its like define: addresses of namespaces. Longer ones are an attack or a program.
_MAX_ENTITIES = 64
_MAX_VALUE = 300  # characters


def expand_entities(code: str) -> FilterResult:
    """Write out internal entities of plain short text, and drop the declaration: the same document to XML.

    Anything else about entities is left as it is, for the parser to refuse.
    """
    if "<!ENTITY" not in code:
        return None
    doctype = _DOCTYPE.search(code)
    if doctype is None:
        return None
    subset = doctype["subset"]
    found = {match["name"]: match["double"] or match["single"] or "" for match in _ENTITY.finditer(subset)}
    if (
        _ENTITY.sub("", subset).strip()
        or len(found) > _MAX_ENTITIES
        or any(len(value) > _MAX_VALUE for value in found.values())
    ):
        return None
    text = code[: doctype.start()] + code[doctype.end() :]
    text = re.sub(r"&([\w:.-]+);", lambda match: found.get(match[1], match[0]), text)
    return Changed(text, "entities: written out")
