"""Names that matplotlib 2.2 to 3.3 had and that are in no stack, put back into the oldest, 3.6.

Each does what it did there; what is no drawing, and whole modules, are not put back.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np

from vincicoder.render.languages.python.changed_drawing import SWITCHES, TICK_PARTS, is_samples_call

_LISTS = ("artists", "collections", "images", "lines", "patches", "tables", "texts")

NOT_DRAWN = frozenset(
    (
        *("axes.hold", "backend.qt4", "backend.qt5", "examples.directory", "legend.isaxes"),
        *("nbagg.transparent", "pgf.debug", "plugins.directory", "savefig.extension", "svg.image_noscale"),
        *("text.dvipnghack", "text.latex.unicode", "verbose.fileo", "verbose.level"),
    )
)
"""Settings that decide no pixels of ours."""


def restore_older_names() -> None:
    """In the warm process of a stack with matplotlib 3.6: put them back."""
    _restore_switches()
    _restore_lists()
    _restore_bars()
    _restore_background()
    _restore_meshes()
    _restore_formulas()
    _restore_toolkits()


def _restore_switches() -> None:
    """`tick_params(top='off')`, `grid('off')`, `tick.tick1On = False`, `hold(True)`."""
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.axis import Tick

    def switch(value: Any) -> Any:
        return SWITCHES.get(value, value) if isinstance(value, str) else value

    def put(name: str) -> None:
        original = getattr(Axes, name)

        def called(self: Any, *arguments: Any, **options: Any) -> Any:
            told = {key: switch(value) for key, value in options.items()}
            return original(self, *map(switch, arguments), **told)

        called.__name__ = name
        setattr(Axes, name, called)

    for name in ("tick_params", "grid"):
        put(name)
    for name, part in TICK_PARTS.items():

        def read(self: Any, part: str = part) -> bool:
            return bool(getattr(self, part).get_visible())

        def write(self: Any, value: Any, part: str = part) -> None:
            getattr(self, part).set_visible(bool(switch(value)))

        _put(Tick, name, property(read, write))

    def hold(state: Any = True) -> None:
        """Keep what is drawn, as is always done. Raises ValueError where it is to be cleared."""
        if not switch(state):
            raise ValueError("hold(False) is not drawn here: call cla() before the next drawing")

    _put(plt, "hold", hold)
    _put(Axes, "hold", lambda self, state=True: hold(state))


def _restore_lists() -> None:
    """`axes.lines = []` takes the lines away."""
    from matplotlib.axes import Axes

    for name in _LISTS:
        present: Any = getattr(Axes, name)

        def assign(self: Any, kept: Any, present: Any = present) -> None:
            for artist in list(present.fget(self)):
                if not any(artist is one for one in kept):
                    artist.remove()

        _put(Axes, name, property(present.fget, assign))


def _restore_bars() -> None:
    """`bar(left=...)` and `barh(bottom=...)`, where nothing else says where the bars are."""
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    def put(owner: Any, name: str, old: str, new: str) -> None:
        original = getattr(owner, name)
        positions = 1 if owner is Axes else 0

        def called(*arguments: Any, **options: Any) -> Any:
            if old in options and new not in options and len(arguments) == positions:
                options[new] = options.pop(old)
            return original(*arguments, **options)

        called.__name__ = name
        _put(owner, name, called)

    for owner in (Axes, plt):
        put(owner, "bar", "left", "x")
        put(owner, "barh", "bottom", "y")


def _restore_background() -> None:
    """`axisbg=...`, `set_axis_bgcolor(...)`."""
    from matplotlib.axes import Axes

    original = Axes.__init__

    def made(self: Any, *arguments: Any, **options: Any) -> None:
        if "axisbg" in options:
            options["facecolor"] = options.pop("axisbg")
        original(self, *arguments, **options)

    _put(Axes, "__init__", made)
    _put(Axes, "set_axis_bgcolor", lambda self, color: self.set_facecolor(color))
    _put(Axes, "get_axis_bgcolor", lambda self: self.get_facecolor())


def _restore_meshes() -> None:
    """`pcolormesh(x, y, c, shading='flat')` of as many edges as cells draws no last row and column."""
    from matplotlib.axes import Axes

    def put(name: str) -> None:
        original = getattr(Axes, name)

        def called(self: Any, *arguments: Any, **options: Any) -> Any:
            if options.get("shading") == "flat" and len(arguments) == 3:
                x, y, cells = arguments
                shape = (np.shape(y)[0], np.shape(x)[-1])
                if np.shape(cells) == shape:
                    arguments = (x, y, np.ma.asarray(cells)[:-1, :-1])
            return original(self, *arguments, **options)

        called.__name__ = name
        _put(Axes, name, called)

    for name in ("pcolormesh", "pcolor"):
        put(name)


def _restore_formulas() -> None:
    """`mlab.normpdf`, `mlab.bivariate_normal`, `mlab.griddata`."""
    from matplotlib import mlab, tri

    def normpdf(x: Any, mean: float, deviation: float) -> Any:
        """Return the density of the normal distribution."""
        scaled = (np.asarray(x) - mean) / deviation
        return np.exp(-(scaled**2) / 2) / (np.sqrt(2 * np.pi) * deviation)

    def bivariate_normal(
        x: Any,
        y: Any,
        sigmax: float = 1.0,
        sigmay: float = 1.0,
        mux: float = 0.0,
        muy: float = 0.0,
        sigmaxy: float = 0.0,
    ) -> Any:
        """Return the density of two normal distributions with the covariance `sigmaxy`."""
        dx, dy = x - mux, y - muy
        rho = sigmaxy / (sigmax * sigmay)
        z = (dx / sigmax) ** 2 + (dy / sigmay) ** 2 - 2 * rho * dx * dy / (sigmax * sigmay)
        return np.exp(-z / (2 * (1 - rho**2))) / (2 * np.pi * sigmax * sigmay * np.sqrt(1 - rho**2))

    def griddata(x: Any, y: Any, z: Any, xi: Any, yi: Any, interp: str = "nn") -> Any:
        """Return `z` on a grid, linear within Delaunay's triangles (masked outside).

        Raises ValueError for another `interp`: natural neighbours took an extension that few had.
        """
        if interp != "linear":
            raise ValueError(f"griddata(interp={interp!r}): only 'linear' is drawn here")
        if np.ndim(xi) == 1:
            xi, yi = np.meshgrid(xi, yi)
        return tri.LinearTriInterpolator(tri.Triangulation(x, y), z)(xi, yi)

    for function in (normpdf, bivariate_normal, griddata):
        _put(mlab, function.__name__, function)


def _restore_toolkits() -> None:
    """`Axes3D(figure)` is in its figure at once; `mpl_toolkits.axes_grid`."""
    Axes3D: Any = importlib.import_module("mpl_toolkits.mplot3d").Axes3D  # noqa: N806

    original = Axes3D.__init__

    def made(self: Any, figure: Any, *arguments: Any, **options: Any) -> None:
        original(self, figure, *arguments, **options)
        if is_samples_call() and options.get("auto_add_to_figure", True) and self not in figure.axes:
            figure.add_axes(self)

    _put(Axes3D, "__init__", made)
    for name in ("", ".anchored_artists", ".axes_divider", ".axes_grid", ".inset_locator"):
        module = importlib.import_module(f"mpl_toolkits.axes_grid1{name}")
        sys.modules.setdefault(f"mpl_toolkits.axes_grid{name}", module)


def _put(owner: Any, name: str, replacement: Any) -> None:
    setattr(owner, name, replacement)
