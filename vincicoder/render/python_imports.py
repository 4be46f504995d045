"""Imports in the warm process what the next sample imports, so that every later fork has it too."""

from __future__ import annotations

import importlib
import re
import sys

from vincicoder.render.python_warm_up import warm_up_plotly
from vincicoder.render.svg_backends import load_drawing_libraries

# Installed libraries that draw, or that drawing code computes with; nothing else is ever imported here.
_LIBRARIES = (
    "matplotlib mpl_toolkits numpy scipy pandas seaborn sklearn networkx rdkit plotly schemdraw indigo PIL "
    "graphviz statsmodels skimage shapely"
)
_ALLOWED = frozenset(_LIBRARIES.split())
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([^#;)\n]*)|import[ \t]+([^#;\n]+))", re.MULTILINE
)
# Modules that change how others behave, need a screen, or start programs when they are imported.
_UNWANTED = re.compile(r"experimental|test|backend_(?!agg|bases)|conftest|__main__|pylab")


class Preloader:
    """Remembers what has been tried, so that a sample costs one regular expression."""

    def __init__(self) -> None:
        self._tried: set[str] = set()

    def preload(self, code: str) -> bool:
        """Import what `code` names of the allowed libraries; return whether anything new was loaded."""
        before = len(sys.modules)
        if "svg" in code.lower():
            load_drawing_libraries()  # finding them takes other programs, which a sample cannot start
        if "plotly" in code:  # pandas too can draw with it, unimported by the code
            self._load_plotly()
        for module, names, plain in _IMPORT.findall(code):
            if plain:
                for part in plain.split(","):
                    self._load(part.split()[0] if part.split() else "")
            elif self._load(module):
                for part in names.split(","):
                    name = part.split()[0] if part.split() else ""
                    if name.isidentifier() and not _has(module, name):
                        self._load(f"{module}.{name}")
        return len(sys.modules) > before

    def _load_plotly(self) -> None:
        if "plotly" not in self._tried and all(map(self._load, ("plotly", "plotly.io", "plotly.offline"))):
            warm_up_plotly()

    def _load(self, name: str) -> bool:
        if name not in self._tried:
            self._tried.add(name)
            allowed = name.partition(".")[0] in _ALLOWED and all(
                part.isidentifier() for part in name.split(".")
            )
            if allowed and not _UNWANTED.search(name):
                try:
                    importlib.import_module(name)
                except BaseException:  # the sample will meet it itself, and say so
                    return False
        return name in sys.modules and name.partition(".")[0] in _ALLOWED


def _has(module: str, name: str) -> bool:
    """Return whether a module has a name, or its own code objects to being asked for it."""
    try:
        return hasattr(sys.modules[module], name)
    except BaseException:  # scikit-learn's experimental names raise ImportError
        return True
