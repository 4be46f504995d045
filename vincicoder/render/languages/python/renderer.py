"""Python that draws: matplotlib and its kin, Pillow, rdkit. Each sample runs in a fork of a warm process."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping
from importlib import metadata

from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.protocol import WorkerRenderer

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
]


def create() -> WorkerRenderer:
    """Make the worker-side renderer."""
    from vincicoder.render.languages.python.worker import PythonRenderer

    return PythonRenderer()


def fingerprint() -> Mapping[str, str]:
    """Return interpreter, library versions and fonts."""
    parts = {"capture": "3", "python": ".".join(platform.python_version_tuple()[:2])}
    for name in _DISTRIBUTIONS:
        try:
            parts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            parts[name] = "absent"
    parts["fonts"] = fonts_fingerprint()
    return parts


def missing_tools() -> list[str]:
    """Return the Python packages to install before anything can be drawn."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    return [f"the Python packages {', '.join(missing)}: pip install 'vincicoder[render]'"] if missing else []
