"""What is imported before a Python sample runs."""

from __future__ import annotations

import functools
import importlib
import os
import warnings
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from PIL import Image

from vincicoder.render.fonts import fonts_fingerprint

_LIGHT = [
    "numpy",
    "matplotlib",
    "matplotlib.pyplot",
    "matplotlib.patches",
    "matplotlib.gridspec",
    "matplotlib.ticker",
    "matplotlib.dates",
    "matplotlib.animation",
    "matplotlib.colors",
    "matplotlib.cm",
    "matplotlib.lines",
    "matplotlib.backends.backend_agg",
    "mpl_toolkits.mplot3d",
    "mpl_toolkits.axes_grid1",
    "contourpy",
    "encodings.idna",
    "PIL.Image",
    "PIL.ImageDraw",
    "PIL.ImageFont",
    "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin",
]
_HEAVY = ["pandas", "seaborn", "scipy.stats", "pandas.plotting._matplotlib"]
# Imported at first use where a stack has them.
_HEAVY_WHERE_PRESENT = ["pandas.core.methods.to_dict", "pyarrow.pandas_compat"]


def import_light(cache: Path) -> None:
    """Import matplotlib and what it stands on; keep font names in `cache`, as to list them takes seconds."""
    os.environ["MPLBACKEND"] = "Agg"
    fonts = cache / "python" / f"matplotlib-{metadata.version('matplotlib')}-{fonts_fingerprint()}"
    with suppress(OSError):
        fonts.mkdir(parents=True, exist_ok=True)
    if os.access(fonts, os.W_OK):
        os.environ["MPLCONFIGDIR"] = str(fonts)
    warnings.simplefilter("ignore")
    for name in _LIGHT:
        importlib.import_module(name)
    Image.preinit()  # the formats that Pillow imports when it first opens or saves a picture
    _keep_fonts()


def import_heavy() -> None:
    """Import what much drawing code needs beyond the light libraries, which are there."""
    for name in _HEAVY:
        importlib.import_module(name)
    for name in _HEAVY_WHERE_PRESENT:
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)


def _keep_fonts() -> None:
    """Let forks keep the fonts that are open: matplotlib closes them in every child.

    FreeType's memory is the fork's own by then, and so are the open files (`descriptors.reopen`).
    """
    manager: Any = importlib.import_module("matplotlib.font_manager")
    # The cache that is emptied at a fork is the one that was registered, not this.
    manager._get_font = functools.lru_cache(64)(manager._get_font.__wrapped__)
