"""SVG, drawn by librsvg where it is installed, else by CairoSVG (the reference, five times slower).

What librsvg draws wrongly is handed over to the browser.
"""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Mapping
from functools import cache

from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.languages.svg.size import SIZE_RULE
from vincicoder.render.protocol import LanguageRenderer, WorkerRenderer
from vincicoder.sample import code_sha256

FEATURES_VERSION = "1"
"""Raised when other documents than before are handed over to the browser, or drawn in another style."""


def create() -> WorkerRenderer:
    """Make the worker-side renderer."""
    from vincicoder.render.languages.svg.worker import SvgRenderer

    return SvgRenderer()


def fingerprint() -> Mapping[str, str]:
    """Return the engine with its version, the size rule and the fonts."""
    from vincicoder.render.languages.svg.backends import backend_version
    from vincicoder.render.languages.svg.browser import page_script

    return {
        "engine": backend_version(),
        "size": SIZE_RULE,
        "fonts": fonts_fingerprint(),
        "features": FEATURES_VERSION,
        "page": code_sha256(page_script())[:16],
    }


def missing_tools() -> list[str]:
    """Return what to install before SVG can be drawn."""
    missing = []
    if importlib.util.find_spec("cairocffi") is None or importlib.util.find_spec("cairosvg") is None:
        missing.append("the Python packages cairosvg and cairocffi: pip install 'vincicoder[render]'")
    if not _has_cairo():
        missing.append("the cairo library (Debian: libcairo2)")
    return missing


@cache
def _has_cairo() -> bool:
    """Ask the loader: `ctypes.util` runs programs for this, and finds nothing where one of them is killed."""
    try:
        ctypes.CDLL("libcairo.so.2")
    except OSError:
        return False
    return True


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
)
