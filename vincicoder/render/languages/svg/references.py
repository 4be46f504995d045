"""What only the whole document shows: which elements refer to which, and under which transforms."""

from __future__ import annotations

import re

from vincicoder.render.languages.svg import features

_URL = re.compile(r"url\(\s*[\"']?#([^\"')\s]+)")
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
# Elements whose units are those of a shape's box, and the attribute that may say otherwise.
_BOX_UNITS = {
    "linearGradient": "gradientUnits",
    "radialGradient": "gradientUnits",
    "pattern": "patternUnits",
    "mask": "maskUnits",
}
_BOX_ATTRIBUTES = ("x", "y", "width", "height")


class References:
    """Gathers ids and references while a document is read; `feature` names what librsvg draws wrongly."""

    def __init__(self) -> None:
        self._ids: list[str] = []  # of the open elements, '' for those without
        self._clips: list[int] = []  # children of the open clipPath elements
        self._found = ""
        self._several_in_clip = self._even_odd = self._turned = False
        self._viewports: set[str] = set()  # ids of symbols and inner svg elements
        self._gradients: dict[str, str] = {}  # id -> the id that it refers to, or ''
        self._in_box: set[str] = set()
        self._used: set[str] = set()
        self._painted: set[str] = set()

    def open(self, name: str, attributes: dict[str, str]) -> None:
        """Take in an element's name and attributes."""
        own = attributes.get("id", "")
        reference = (attributes.get("href") or attributes.get("xlink:href") or "").strip()
        if self._clips:
            self._clips[-1] += 1
            self._several_in_clip |= self._clips[-1] > 1
        self._clips += [0] if name == "clipPath" or self._clips else []
        if name == "use":
            self._used.add(reference[1:])
            if reference[1:] in self._ids:
                self._found = "use of itself"
        elif name == "symbol" or (name == "svg" and self._ids):
            self._viewports.add(own)
        elif name in ("clipPath", "mask") and attributes.get("transform"):
            self._found = f"transform of a {name}"
        elif name == "pattern" and attributes.get("viewBox"):
            self._found = "viewBox of a pattern"
        if name in _GRADIENTS:
            self._gradients[own] = reference[1:] if reference else ""
            radius = attributes.get("r", "1").strip()
            if radius.startswith("-") or not radius.strip("0.%"):
                self._found = "radius of a gradient"
        units = _BOX_UNITS.get(name)
        in_box = units is not None and attributes.get(units) != "userSpaceOnUse"
        if name == "mask":  # the default region is wide enough
            in_box &= any(each in attributes for each in _BOX_ATTRIBUTES)
        if in_box or attributes.get("clipPathUnits") == "objectBoundingBox":
            self._in_box.add(own)
        self._ids.append(own)

    def close(self) -> None:
        """The innermost open element ends."""
        self._ids.pop()
        if self._clips:
            self._clips.pop()

    def value(self, key: str, value: str) -> None:
        """Take in the value of an attribute or a property."""
        if "url(" in value:
            self._painted.update(_URL.findall(value))
            if key == "clip-path" and self._clips:
                self._found = "clip-path in a clipPath"
        elif key.endswith("ransform"):
            self._turned |= features.TURNED.search(value) is not None
        elif key == "clip-rule":
            self._even_odd |= value == "evenodd"

    def feature(self) -> str:
        """Return the name of a feature that librsvg draws wrongly, or ''."""
        if self._found:
            return self._found
        if self._used & self._viewports:
            return "use of a symbol or an svg element"
        if self._several_in_clip and self._even_odd:
            return "clip-rule of one of several shapes"
        if self._turned and self._in_box & self._painted:
            return "units of the box of a turned shape"
        if any(self._is_broken(own) for own in self._gradients if own in self._painted):
            return "reference of a gradient"
        return ""

    def _is_broken(self, gradient: str) -> bool:
        """Whether a gradient refers to none, or to itself in the end."""
        seen = {gradient}
        while reference := self._gradients[gradient]:
            if reference not in self._gradients or reference in seen:
                return True
            seen.add(reference)
            gradient = reference
        return False
