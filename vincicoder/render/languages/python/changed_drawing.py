"""Calls that matplotlib answers otherwise than before, without an error.

Each is now without effect, or has the contrary one. It is noted, and the program tried on the stacks of
before, where it does as it says (`restored_older.py`). From matplotlib's release notes.
"""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.notes import changed_call

SWITCHES = {"on": True, "off": False}
"""What stood for true and false until matplotlib 3.0. Since then any text is true."""

TICK_PARTS = {
    "tick1On": "tick1line",
    "tick2On": "tick2line",
    "label1On": "label1",
    "label2On": "label2",
    "gridOn": "gridline",
}
"""Attributes of a tick that showed or hid a part of it until matplotlib 3.2, and the part."""

_SAMPLE = "__main__"
_DISTANCE = 10  # of a 3D view's camera, by default


def watch_matplotlib() -> None:
    """In the warm process: notice such calls of samples, where matplotlib is 3.7 or later."""
    import matplotlib

    if matplotlib.__version_info__[:2] < (3, 7):
        return
    _watch_switches()
    _watch_ticks()
    _watch_3d()


def is_samples_call() -> bool:
    """Return whether the sample itself called the function that asks."""
    return sys._getframe(2).f_globals.get("__name__") == _SAMPLE


def _note(name: str, since: str) -> None:
    captured.note(changed_call("matplotlib", name, since))


def _watch_switches() -> None:
    """`tick_params(top='off')` and `grid('off')` show what they hid."""
    from matplotlib.axes import Axes

    def watch(name: str) -> None:
        original = getattr(Axes, name)

        @functools.wraps(original)
        def watched(self: Any, *arguments: Any, **options: Any) -> Any:
            if "off" in arguments or "off" in options.values():
                _note(f"{name}(off)", "3.1")
            return original(self, *arguments, **options)

        setattr(Axes, name, watched)

    for name in ("tick_params", "grid"):
        watch(name)


def _watch_ticks() -> None:
    """`tick.tick1On = False` sets an attribute that nothing reads."""
    from matplotlib.axis import Tick

    for name, part in TICK_PARTS.items():

        def differs(tick: Any, value: Any, part: str = part) -> bool:
            return bool(value) is not bool(getattr(tick, part).get_visible())

        _watch_attribute(Tick, name, differs, "3.3")


def _watch_3d() -> None:
    """`Axes3D(figure)` is not in its figure; `axes.dist = 12` moves no camera."""
    Axes3D: Any = importlib.import_module("mpl_toolkits.mplot3d").Axes3D  # noqa: N806

    original = Axes3D.__init__

    @functools.wraps(original)
    def made(self: Any, figure: Any, *arguments: Any, **options: Any) -> None:
        original(self, figure, *arguments, **options)
        if is_samples_call():
            _watch_figure(figure, self)

    Axes3D.__init__ = made
    _watch_attribute(Axes3D, "dist", lambda _, value: value != _DISTANCE, "3.8")


def _watch_figure(figure: Any, axes: Any) -> None:
    """Note it where the figure is drawn and does not have these axes by then."""
    draw = figure.draw

    def drawn(renderer: Any) -> Any:
        if axes not in figure.axes:
            _note("Axes3D(figure)", "3.6")
        return draw(renderer)

    figure.draw = drawn


def _watch_attribute(owner: Any, name: str, differs: Any, since: str) -> None:
    """Let an attribute be set and read as any other, and note a value that had changed the picture."""

    def read(self: Any) -> Any:
        try:
            return vars(self)[name]
        except KeyError:
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(text, name=name, obj=self) from None

    def write(self: Any, value: Any) -> None:
        if differs(self, value):
            _note(f"{owner.__name__}.{name}", since)
        vars(self)[name] = value

    setattr(owner, name, property(read, write))
