"""Refuses SVG that refers to anything outside itself, or that expands without bound.

The drawing libraries load nothing from outside in any case, and the sandbox has nothing to give:
this gives the reason a name.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from vincicoder.render.protocol import Refusal
from vincicoder.sample import Reason

MAX_BYTES = 4 << 20
MAX_ELEMENTS = 200_000
MAX_DEPTH = 200
MAX_USE_EXPANSION = 100_000  # elements drawn once every `use` is followed
_MAX_ENTITY_BYTES = 10_000

# Code that has none of these cannot be refused by the full check, which costs as much as drawing. Each begins
# with a word that is looked for first, in small letters: one expression for all takes ten times as long.
_ELSEWHERE = r"\s*=\s*[\"']\s*(?![#\"'\s])"
_SUSPECT = (
    *((word, None) for word in ("<!entity", "@import", "<use", "<?xml-stylesheet")),
    ("<!doctype", re.compile(r"<!doctype[^>]*\[")),
    ("url(", re.compile(r"url\(\s*[\"']?\s*(?![#\"'\s])")),
    *((word, re.compile(word + _ELSEWHERE)) for word in ("href", "src", "srcset", "poster", "data")),
)
_FETCHING = frozenset(
    "image use feImage script style tref textPath pattern filter linearGradient radialGradient".split()  # noqa: SIM905
)
# Of pages within a drawing: what shows something, and the attributes that say from where.
_SHOWING = frozenset("img iframe frame embed object video audio source track input link".split())  # noqa: SIM905
_PLACES = frozenset({"src", "srcset", "poster", "data", "href"})
_CSS_OUTSIDE = re.compile(r"@import|url\(\s*[\"']?\s*(?!#|data:)[^\"'\s)]", re.IGNORECASE)


class _RefusedError(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(reason, detail)


def check_svg(code: str) -> Refusal | None:
    """Return why an SVG is refused before it is drawn, or None."""
    if len(code) > MAX_BYTES:
        return Refusal(
            Reason.RENDER_TOO_LARGE, f"SVG of {len(code)} characters; at most {MAX_BYTES} are allowed"
        )
    if not _is_suspect(code.lower()) and code.count("<") < MAX_ELEMENTS:
        return None
    try:
        _Checker().check(code)
    except _RefusedError as refused:
        return refused.refusal
    except expat.ExpatError as error:
        return Refusal(Reason.RENDER_ERROR, f"not well-formed XML: {error}")
    return None


def _is_suspect(lowered: str) -> bool:
    return any(
        word in lowered and (pattern is None or pattern.search(lowered) is not None)
        for word, pattern in _SUSPECT
    )


def _outside(what: str, value: str) -> _RefusedError:
    return _RefusedError(Reason.RENDER_FORBIDDEN, f"{what} refers outside: {value[:100]!r}")


class _Checker:
    """One pass of expat over the document."""

    def __init__(self) -> None:
        self._elements = 0
        self._open: list[str] = []  # ids of the open elements, '' for those without
        self._weights: dict[str, int] = {}  # id -> elements below it
        self._uses: dict[str, list[str]] = {}  # id of the container -> ids that it uses
        self._in_style = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._entity
        self._parser.ProcessingInstructionHandler = self._instruction

    def check(self, code: str) -> None:
        """Raise _RefusedError or ExpatError."""
        self._parser.Parse(code.encode("utf-8", "replace"), True)
        drawn = self._expansion("", set())
        if drawn > MAX_USE_EXPANSION:
            raise _RefusedError(Reason.RENDER_TOO_LARGE, f"`use` draws over {MAX_USE_EXPANSION} elements")

    def _entity(
        self,
        name: str,
        parameter: int,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        if system is not None or public is not None:
            raise _RefusedError(Reason.RENDER_FORBIDDEN, f"external entity {name!r}")
        if value is not None and ("&" in value or len(value) > _MAX_ENTITY_BYTES):
            raise _RefusedError(
                Reason.RENDER_FORBIDDEN,
                f"entity {name!r} that grows: nested, or over {_MAX_ENTITY_BYTES} bytes",
            )

    def _instruction(self, target: str, data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise _RefusedError(Reason.RENDER_FORBIDDEN, "external style sheet")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise _RefusedError(Reason.RENDER_TOO_LARGE, f"over {MAX_ELEMENTS} elements")
        if len(self._open) >= MAX_DEPTH:
            raise _RefusedError(Reason.RENDER_TOO_LARGE, f"elements nested over {MAX_DEPTH} deep")
        for container in {"", *self._open}:
            self._weights[container] = self._weights.get(container, 0) + 1
        for key, value in attributes.items():
            place = key.rpartition(":")[2]
            if (place == "href" and name in _FETCHING) or (place in _PLACES and name in _SHOWING):
                self._reference(name, value.strip())
            elif "url(" in value and _CSS_OUTSIDE.search(value):
                raise _outside(f"{key} of <{name}>", value)
        self._open.append(attributes.get("id", ""))
        self._in_style = name == "style"

    def _reference(self, name: str, value: str) -> None:
        if value.startswith("#"):
            if name == "use":
                for container in {"", *self._open}:
                    self._uses.setdefault(container, []).append(value[1:])
        elif value and not value.lower().startswith("data:"):
            raise _outside(f"<{name}>", value)

    def _end(self, tag: str) -> None:
        self._open.pop()
        self._in_style = False

    def _text(self, text: str) -> None:
        if self._in_style and _CSS_OUTSIDE.search(text):
            raise _outside("style sheet", text.strip())

    def _expansion(self, container: str, above: set[str]) -> int:
        """Count what an element draws with every `use` below it followed; cycles draw nothing."""
        if container in above:
            return 0
        memo = self.__dict__.setdefault("_memo", {})
        if container not in memo:
            total = self._weights.get(container, 0)
            for used in self._uses.get(container, ()):
                total += 1 + self._expansion(used, above | {container})
                if total > MAX_USE_EXPANSION:
                    break
            memo[container] = total
        return int(memo[container])
