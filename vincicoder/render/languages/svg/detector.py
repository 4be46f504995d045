"""Finds out from the document itself whether librsvg would draw it wrongly."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.parsers import expat

from vincicoder.render.languages.svg import features
from vincicoder.render.languages.svg.references import References

_TEXT_ELEMENTS = frozenset({"text", "tspan"})
_DRAWN_TEXT = frozenset({*_TEXT_ELEMENTS, "a"})
_LISTS = frozenset({"x", "y", "dx", "dy"})
_SHORT = 64  # characters of a value that is remembered
_UNSTYLED = frozenset({"id", "class", "d", "points", "href", "title", "viewBox", "lang", "values"})
_DRAWN_IMAGE = re.compile(r"\s*data:image/(?:png|jpeg|gif)\s*[;,]", re.IGNORECASE)
_DECLARATION = re.compile(r"(?:^|[;{}])\s*([\w-]+)\s*:\s*([^;{}]*)")
_PRELUDE = re.compile(r"([^{};]+)\{")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SCRIPT = re.compile(r"<(?:\w+:)?script\b[^>]*>(.*?)</(?:\w+:)?script", re.DOTALL | re.IGNORECASE)
_WRITING = re.compile(
    r"\b(?:createElement(?:NS)?|appendChild|insertBefore|insertAdjacent\w+|innerHTML|cloneNode|append|prepend|"
    r"replaceWith|replaceChildren|document\.write)\b"
)


class _FoundError(Exception):
    """Ends the parse: `args[0]` is the feature's name."""


def feature_beyond_librsvg(code: str) -> str:
    """Return the name of the first feature of the document that librsvg draws wrongly, or ''.

    '' too for what is no XML, which no renderer draws. Linear in the document.
    """
    try:
        return _Detector().look_at(code)
    except _FoundError as found:
        return str(found)
    except expat.ExpatError:
        return ""


def script_that_draws(code: str) -> bool:
    """Whether a script of the document makes elements: scripts never run, so its picture would lack them."""
    return any(_WRITING.search(script) for script in _SCRIPT.findall(code))


@lru_cache(maxsize=8192)
def _feature_in(key: str, value: str, neutral: re.Pattern[str] | None) -> str:
    """Return the name of a feature in the value of an attribute or a property, or ''. Values are repeated."""
    if neutral is not None and not neutral.fullmatch(value):
        return key
    found = features.VALUE.search(value)
    return "" if found is None else found["function"] or found["unit"] or found["keyword"]


class _Detector:
    """One pass of expat over the document."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._style: list[str] = []
        self._references = References()
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def look_at(self, code: str) -> str:
        """Return the name of a feature or ''. Raises _FoundError, ExpatError."""
        self._parser.Parse(code.encode("utf-8", "replace"), True)
        return self._references.feature()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._open.append(name)
        self._style = []
        if name in features.ELEMENTS or (
            name == "foreignObject" and not attributes.get("requiredExtensions")
        ):
            raise _FoundError(name)
        if name == "style" and (
            attributes.get("media", "all") not in ("", "all", "screen")
            or attributes.get("type", "text/css") not in ("", "text/css")
        ):
            raise _FoundError("style of another medium or type")
        if name in ("image", "feImage"):
            self._image(attributes)
        if name == "svg" and attributes.get("transform"):
            raise _FoundError("transform of an svg element")
        self._references.open(name, attributes)
        for key, value in attributes.items():
            self._attribute(name, key, value)

    def _image(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("href") or attributes.get("xlink:href") or ""
        if reference and not _DRAWN_IMAGE.match(reference):
            raise _FoundError("image of another kind than PNG, JPEG and GIF")
        if "width" not in attributes or "height" not in attributes:
            raise _FoundError("image without a size")

    def _attribute(self, name: str, key: str, value: str) -> None:
        if key == "style":
            self._declarations(value)
            return
        if key in features.ATTRIBUTES:
            raise _FoundError(key)
        if name in _TEXT_ELEMENTS and (
            (key in _LISTS and len(value.replace(",", " ").split()) > 1)
            or (key == "rotate" and value.strip() not in ("", "0"))
        ):
            raise _FoundError(f"list in {key}")
        if key in features.GEOMETRY and not features.LENGTH.fullmatch(value):
            raise _FoundError(f"length in {key}")
        if key == "points" and len(value.replace(",", " ").split()) % 2:
            raise _FoundError("odd number of points")
        if name == "marker" and key.startswith(("ref", "marker")) and "%" in value:
            raise _FoundError("percentage in marker")
        if key in _UNSTYLED or ":" in key or "-label" in key or key.startswith(("data-", "on")):
            return
        self._value(key, value, features.NEUTRAL)

    def _declarations(self, text: str, sheet: bool = False) -> None:
        if "\\" in text:
            raise _FoundError("CSS escape")
        on_root = not sheet and len(self._open) == 1
        for name, value in _DECLARATION.findall(_COMMENT.sub("", text)):
            key = name.lower()
            if key.startswith("--"):
                continue
            if name != key:
                raise _FoundError("property in capitals")
            value = value.replace("!important", "")
            self._value(key, value, features.NEUTRAL)
            self._value(key, value, features.NEUTRAL_IN_CSS)
            if on_root or sheet:
                self._value(key, value, features.ROOT_NEUTRAL)
            if on_root and key == "transform":
                raise _FoundError("transform of an svg element")

    def _value(self, key: str, value: str, neutral: dict[str, re.Pattern[str]]) -> None:
        value = value.strip()
        look = _feature_in if len(value) <= _SHORT else _feature_in.__wrapped__
        if value and (feature := look(key, value, neutral.get(key))):
            raise _FoundError(feature)
        self._references.value(key, value)

    def _end(self, tag: str) -> None:
        self._open.pop()
        self._references.close()
        if self._style:
            self._sheet(_COMMENT.sub("", "".join(self._style)))
        self._style = []

    def _sheet(self, text: str) -> None:
        rule = features.AT_RULE.search(text)
        if rule is not None:
            raise _FoundError(f"@{rule[1]}")
        for prelude in _PRELUDE.findall(text):
            found = features.PSEUDO.search(prelude)
            if found is not None:
                raise _FoundError(f"selector {found[0]}")
        self._declarations(text, sheet=True)

    def _characters(self, text: str) -> None:
        if self._open[-1] == "style":
            self._style.append(text)
        elif not text.isascii() and self._open[-1] in _DRAWN_TEXT:
            found = features.LETTERS.search(text)
            if found is not None:
                raise _FoundError("text to the left" if found["rtl"] else "emoji")
