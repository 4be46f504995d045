"""What a sample imports: which warm process is to fork for it, and what that imports first, so that every
later fork has it too."""

from __future__ import annotations

import importlib
import re
import sys

from vincicoder.render.languages.python.warm_up import warm_up_plotly
from vincicoder.render.languages.svg.backends import load_drawing_libraries

# Installed libraries that draw, or that drawing code computes with; nothing else is ever imported here.
_LIBRARIES = (
    "matplotlib mpl_toolkits numpy scipy pandas seaborn sklearn networkx rdkit plotly schemdraw indigo PIL "
    "graphviz statsmodels skimage shapely squarify matplotlib_venn wordcloud mplfinance adjustText missingno "
    "plotnine altair bokeh pygal pyecharts vega_datasets joypy geopandas"
)
_ALLOWED = frozenset(_LIBRARIES.split())
_LIGHT = frozenset({"matplotlib", "mpl_toolkits", "numpy", "PIL"})
_WITH_MATPLOTLIB = frozenset({"cycler", "dateutil", "pylab"})  # comes with it, and is loaded or light
# Such a name anywhere, even in a string, is a doubt. "indigo" is a colour too, and matplotlib has styles
# called "seaborn-v0_8-...".
_SUSPECT = re.compile(
    rf"\b(?:__import__|importlib|{'|'.join(sorted(_ALLOWED - _LIGHT - {'indigo'}))})\b(?!-)|(?i:svg)"
)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([^#;)\n]*)|import[ \t]+([^#;\n]+))", re.MULTILINE
)
# Modules that change how others behave, need a screen, or start programs when they are imported.
_UNWANTED = re.compile(r"experimental|test|backend_(?!agg|bases)|conftest|__main__|pylab")


def is_light(code: str) -> bool:
    """Return whether the code seems to import nothing but matplotlib, numpy, Pillow and the standard library.

    Where in doubt it says no. Code that gets at more without naming it imports that in its own fork.
    """
    if _SUSPECT.search(code):
        return False
    known = _LIGHT | _WITH_MATPLOTLIB | sys.stdlib_module_names
    for module, _, plain in _IMPORT.findall(code):
        for part in plain.split(",") if plain else (module,):
            if part.split()[:1] and part.split()[0].partition(".")[0] not in known:
                return False
    return True


class Preloader:
    """Remembers what has been tried, so that a sample costs one regular expression.

    A `light` one imports only what the light process may hold.
    """

    def __init__(self, light: bool = False) -> None:
        self._allowed = _LIGHT if light else _ALLOWED
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
            allowed = name.partition(".")[0] in self._allowed and all(
                part.isidentifier() for part in name.split(".")
            )
            if allowed and not _UNWANTED.search(name):
                try:
                    importlib.import_module(name)
                except BaseException:  # the sample will meet it itself, and say so
                    return False
        return name in sys.modules and name.partition(".")[0] in self._allowed


def _has(module: str, name: str) -> bool:
    """Return whether a module has a name, or its own code objects to being asked for it."""
    try:
        return hasattr(sys.modules[module], name)
    except BaseException:  # scikit-learn's experimental names raise ImportError
        return True
