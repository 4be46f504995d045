"""Python that draws (matplotlib, Pillow, rdkit and others). Each sample runs in a fork of a warm process."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from vincicoder.render.api import Recording
from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.languages.browser.libraries import library_versions
from vincicoder.render.languages.browser.library_page import library_fingerprint
from vincicoder.render.protocol import HandOver, LanguageRenderer, Picture, Refusal
from vincicoder.render.stacks import interpreter, is_installed, versions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vincicoder.render.languages.python.worker import PythonRenderer
    from vincicoder.sample import DataFile

_NEEDED = ("matplotlib", "numpy", "pandas", "seaborn", "scipy", "PIL")
# Distributions whose version can change pixels.
_DISTRIBUTIONS = [
    "matplotlib",
    "numpy",
    "pandas",
    "seaborn",
    "scipy",
    "pillow",
    "contourpy",
    "rdkit",
    "networkx",
    "plotly",
    "schemdraw",
    "graphviz",
    "scikit-learn",
    "epam.indigo",
    "kiwisolver",
    "scikit-image",
    "shapely",
    "statsmodels",
    *("adjustText", "altair", "bokeh", "matplotlib-venn", "missingno", "mplfinance", "plotnine", "pygal"),
    *("geopandas", "pyecharts", "pyproj", "squarify", "vega-datasets", "wordcloud"),
]

_FURTHER_LIBRARIES = ("echarts@5", "echarts@6", "plotly.js@2", "plotly.js@4")


def create() -> PythonRenderer:
    """Make the worker-side renderer."""
    from vincicoder.render.languages.python.worker import PythonRenderer

    return PythonRenderer()


def prepare(renderer: PythonRenderer, cache: Path) -> None:
    """Import what draws, while the cache of font names can still be written."""
    renderer.prepare(cache)


def fingerprint() -> Mapping[str, str]:
    """Return interpreter, library versions, fonts, and what draws the SVG that Indigo and samples write."""
    parts = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in _DISTRIBUTIONS:
        try:
            parts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            parts[name] = "absent"
    return parts | library_fingerprint("vega-lite") | _surroundings()  # which draws altair's charts


def fingerprint_on(stack: str) -> Mapping[str, str]:
    """Return the same of another stack: the versions of all that its environment holds."""
    return versions(stack) | _surroundings()


def _surroundings() -> dict[str, str]:
    from vincicoder.render.languages.svg.backends import backend_version
    from vincicoder.render.languages.svg.size import SIZE_RULE

    parts = {"capture": "7", "svg": backend_version(), "svg size": SIZE_RULE, "fonts": fonts_fingerprint()}
    return parts | library_versions("mathjax", *_FURTHER_LIBRARIES)


def missing_tools() -> list[str]:
    """Return the Python packages to install before anything can be drawn."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    return [f"the Python packages {', '.join(missing)}: pip install 'vincicoder[render]'"] if missing else []


def bring(renderer: PythonRenderer, files: Sequence[DataFile]) -> None:
    """Lay data files where the next program reads them."""
    renderer.bring(files)


def render_recorded(
    renderer: PythonRenderer, code: str, recording: Recording
) -> Picture | Refusal | HandOver:
    """Draw a program and note what it drew."""
    return renderer.render(code, recording)


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
    prepare=prepare,
    render_recorded=render_recorded,
    bring=bring,
)


def missing_on(stack: str) -> list[str]:
    """Return what to run before a program can be drawn on another stack."""
    return [] if is_installed(stack) else [f"the libraries of {stack}: vincicoder setup stacks"]


def renderer_on(stack: str) -> LanguageRenderer[PythonRenderer]:
    """Return the renderer whose worker runs in another stack's environment."""
    return replace(
        RENDERER,
        fingerprint=partial(fingerprint_on, stack),
        missing_tools=partial(missing_on, stack),
        interpreter=partial(interpreter, stack),
    )
