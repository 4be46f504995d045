"""Libraries that pages load by a script's address: D3, ECharts and Chart.js, served from local files.

A content network's address names the library and mostly its version. The newest pinned one of the same major
version stands for it; an address without a version gets the newest of all.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vincicoder.render.languages.browser.libraries import find_library, missing_libraries
from vincicoder.render.languages.further_tools import SETUP_COMMAND
from vincicoder.sample import Reason

SHIPPED = {"d3": (3, 4, 5, 6, 7), "echarts": (4, 5, 6), "chart.js": (2, 3, 4)}
"""The major versions that `requirements/languages-npm.list` pins, the oldest first."""

LIBRARIES = tuple(f"{name}@{major}" for name, majors in SHIPPED.items() for major in majors)
"""The same as `find_library` takes them."""

_FILES = {
    "d3": re.compile(r"d3(?:\.v(\d+))?(?:\.min)?\.js"),
    "echarts": re.compile(r"echarts(?:-en)?(?:\.common|\.simple)?(?:\.min)?\.js"),
    "chart.js": re.compile(r"chart(?:\.umd|\.bundle)?(?:\.min)?\.js"),
}
_MODULE = "+esm"
_VERSION = re.compile(r"[v^~]?(\d+)(?:\.|$|-|\+)")
_OPENING = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"""\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_INTEGRITY = re.compile(r"""\sintegrity\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageScript:
    """A library that an address names, and in which form; `major` is None where it names no version."""

    library: str
    major: int | None
    is_module: bool = False

    @property
    def missing(self) -> str:
        """Why it cannot be served; '' where it can."""
        wanted = f"{self.library} {'' if self.major is None else self.major}".strip()
        if self.is_module:
            return f"missing library {wanted}: as a module; pages can load it by <script src>"
        majors = SHIPPED[self.library]
        if self.major is not None and self.major not in majors:
            return f"missing library {wanted}: the versions {', '.join(map(str, majors))} are here"
        lacking = missing_libraries(self._name, fetched_by=SETUP_COMMAND)
        return f"to draw this page here, {lacking[0]}" if lacking else ""

    @property
    def reason(self) -> Reason:
        """Whose fault it is that it is `missing`: the page's, or that of a machine without the libraries."""
        known = self.major is None or self.major in SHIPPED[self.library]
        return Reason.RENDER_UNSUPPORTED if known and not self.is_module else Reason.RENDER_MISSING_DEPENDENCY

    @property
    def _name(self) -> str:
        major = SHIPPED[self.library][-1] if self.major is None else self.major
        return f"{self.library}@{major}"

    def body(self) -> str:
        """Return the library's file in base64. Raises FileNotFoundError where it is `missing`."""
        path = find_library(self._name)
        if path is None:
            raise FileNotFoundError(self.missing)
        return _in_base64(path)


@cache
def _in_base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


def page_script(address: str) -> PageScript | None:
    """Return the library that a script's address names; None for all other scripts, and for such as only
    extend one (`echarts-gl`, `d3-cloud`, a theme)."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or not parts.netloc:
        return None
    steps = [step for step in unquote(parts.path).lower().split("/") if step]
    if not steps:
        return None
    for library, file in _FILES.items():
        named = _named_in(steps, library)
        found = file.fullmatch(steps[-1])
        at_end = named is not None and named[0] == len(steps) - 1
        is_module = steps[-1] == _MODULE and named is not None and named[0] == len(steps) - 2
        if at_end or is_module or (found and (named or parts.netloc.lower() == "d3js.org")):
            own = found[1] if found and found.re.groups and found[1] else ""
            version = _VERSION.match(own or (named[1] if named else ""))
            return PageScript(library, int(version[1]) if version else None, is_module)
    return None


def _named_in(steps: list[str], library: str) -> tuple[int, str] | None:
    """Return where a path names a package, `d3@7` or `d3/7.9.0`, and the version that it states."""
    for place, step in enumerate(steps):
        name, _, version = step.partition("@")
        if name != library:
            continue
        follows = steps[place + 1] if place + 1 < len(steps) else ""
        return place, version or (follows if _VERSION.match(follows) else "")
    return None


def without_integrity(html: str) -> str:
    """Return a page without the hashes of such scripts: they are of another file of the same library."""
    if "integrity" not in html:
        return html

    def rewrite(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[0])
        address = next(filter(None, source.groups()), "") if source else ""
        return _INTEGRITY.sub("", match[0]) if page_script(address) else match[0]

    return _OPENING.sub(rewrite, html)
