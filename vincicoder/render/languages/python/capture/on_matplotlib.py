"""Catches matplotlib's figures in Agg's own canvas, before any file format sees them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vincicoder.render.finish import flatten_rgba
from vincicoder.render.languages.python.capture.animations import hook_animations, play_animations
from vincicoder.render.languages.python.capture.captured import (
    Pixels,
    SampleRefusedError,
    captured,
    is_unwritable,
)
from vincicoder.render.languages.python.capture.letters import begin_drawing, hook_letters
from vincicoder.render.languages.python.capture.nobody import NOBODY
from vincicoder.render.languages.python.capture.on_painting import look_at, produced
from vincicoder.render.languages.python.capture.png import write_png
from vincicoder.render.languages.python.capture.scalars import hook_scalars
from vincicoder.render.languages.python.restored_names import restore_names
from vincicoder.sample import Reason

_last_shown: list[Any] = []
"""The figure that was current when the last `show` closed all: what a later save of nothing means."""

pictured: list[Any] = []
"""The figure of which a picture was taken last."""

_saving: list[Any] = []
"""The canvases that are being saved, the innermost last."""

_ROUNDING = 0.9999  # a resolution that is made smaller must not miss the limit by a pixel
_VECTOR_FORMATS = ("pdf", "svg", "svgz", "eps", "ps", "pgf")


def hook_matplotlib() -> None:
    """Note every save and show, in all their forms; keep every sample on the Agg canvas."""
    import matplotlib
    import matplotlib.pyplot as plt
    from matplotlib.backend_bases import FigureCanvasBase, FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.texmanager import TexManager

    plt.switch_backend("agg")
    restore_names()
    hook_letters()
    hook_scalars()
    hook_animations(capture_shown, _write_still)
    _hook_saving(FigureCanvasBase, FigureCanvasAgg)

    def show(*positional: Any, block: bool | None = None, **_: Any) -> None:
        """Show every open figure. Unless the code goes on beside its windows, they are closed by then."""
        if positional:
            block = positional[0]
        for number in plt.get_fignums():
            capture_shown(plt.figure(number))
        if block is None:
            block = not matplotlib.is_interactive()
        if block and plt.get_fignums():
            _last_shown[:] = [plt.gcf()]
            plt.close("all")

    def stay_with_agg(*_: Any, **__: Any) -> None:
        """Interactive backends have no screen here; every format is saved from its own canvas."""

    _put(FigureManagerBase, "window", NOBODY)  # of a screen that is not here
    _put(FigureManagerBase, "show", lambda self: capture_shown(self.canvas.figure))
    _put(Figure, "show", lambda self, warn=True: capture_shown(self))
    _put(plt, "show", show)
    # `plt.savefig` ends with a redraw for the screen that is not there: a third of its time.
    _put(FigureCanvasBase, "draw_idle", lambda self, *_, **__: None)
    _put(plt, "pause", lambda interval: None)  # the figure stays open, and is found at the end
    _put(FigureCanvasBase, "start_event_loop", _wait_for_nobody)
    _put(plt, "switch_backend", stay_with_agg)
    _put(matplotlib, "use", stay_with_agg)
    _put(TexManager, "__new__", _refuse_latex)


def _refuse_latex(_kind: Any) -> None:
    """Stand for the start of LaTeX by `usetex`. Raises PermissionError."""
    raise PermissionError("usetex has LaTeX set the text, and a sample may start no program")


def _wait_for_nobody(_canvas: Any, timeout: float = 0) -> None:
    """Stand for the wait for a mouse or a key (`ginput`, `waitforbuttonpress`): it is over at once.

    Raises SampleRefusedError where it would have no end.
    """
    if timeout <= 0:
        raise SampleRefusedError(
            Reason.RENDER_TIMEOUT, "waits without end for a mouse or a key, which are not here"
        )


class _OverLimitsError(BaseException):
    """A save at this resolution would be over the limits, and within them at `factor` of it."""

    def __init__(self, dpi: float, factor: float) -> None:
        super().__init__()
        self.dpi = dpi
        self.factor = factor


def _put(owner: Any, name: str, replacement: Any) -> None:
    setattr(owner, name, replacement)


def _hook_saving(base: Any, agg: Any) -> None:
    original_print = agg._print_pil
    original_print_figure = base.print_figure

    def print_pil(
        self: Any, filename_or_obj: Any, fmt: str, pil_kwargs: Any = None, metadata: Any = None
    ) -> None:
        factor = captured.fit(*self.get_width_height())
        if factor < 1 and _saving:
            raise _OverLimitsError(self.figure.dpi, factor)
        if factor < 1:
            with _at(self.figure, self.figure.dpi * factor * _ROUNDING):
                print_pil(self, filename_or_obj, fmt, pil_kwargs, metadata)
            captured.note_scale(factor)
            return
        captured.note_scale(1)
        begin_drawing()
        if not captured.paints:
            agg.draw(self)
            pictured[:] = [self.figure]
            captured.add_output(_one_pixel)
            return
        with captured.quiet():
            try:
                if fmt == "png" and not pil_kwargs and not metadata:
                    agg.draw(self)
                    write_png(filename_or_obj, np.asarray(self.buffer_rgba()), self.figure.dpi)
                else:
                    original_print(self, filename_or_obj, fmt, pil_kwargs, metadata)
            except OSError:
                if not is_unwritable(filename_or_obj):
                    raise
        produced(filename_or_obj)
        look_at(self.figure)
        pictured[:] = [self.figure]
        pixels = flatten_rgba(np.asarray(self.buffer_rgba()))
        captured.add_output(lambda: pixels)

    def print_figure(self: Any, filename: Any, dpi: Any = None, *rest: Any, **options: Any) -> None:
        """Save at the asked resolution, or at the highest that is within the limits."""
        factor = 1.0
        while True:
            try:
                _saving.append(self)
                save(self, filename, dpi, *rest, **options)
                break
            except _OverLimitsError as over:
                factor *= over.factor * _ROUNDING
                dpi = over.dpi * over.factor * _ROUNDING
            finally:
                _saving.pop()
        if factor < 1:
            captured.note_scale(factor)

    def save(self: Any, filename: Any, dpi: Any = None, *rest: Any, **options: Any) -> None:
        if _last_shown and _is_empty(self.figure):  # saved after a show: what was shown is meant
            self = _last_shown[0].canvas
        if _format_of(filename, options.get("format")) in _VECTOR_FORMATS:
            raster = {**options, "format": "png", "backend": None}
            for name in ("metadata", "pil_kwargs"):
                raster.pop(name, None)
            original_print_figure(self, io.BytesIO(), dpi, *rest, **raster)
            with captured.quiet():
                try:
                    if captured.paints:
                        original_print_figure(self, filename, dpi, *rest, **options)
                except OSError:
                    return
        else:
            with _no_idle_layout(self.figure, options.get("bbox_inches")):
                original_print_figure(self, filename, dpi, *rest, **options)
        self.figure.stale = False  # so that a show of the unchanged figure is seen to be no new output

    _put(agg, "_print_pil", print_pil)
    _put(base, "print_figure", print_figure)


@contextmanager
def _at(figure: Any, dpi: float) -> Iterator[None]:
    """Let a figure have another resolution (dots an inch)."""
    before = figure.dpi
    figure.dpi = dpi
    try:
        yield
    finally:
        figure.dpi = before


@contextmanager
def _no_idle_layout(figure: Any, bbox_inches: Any) -> Iterator[None]:
    """Hide the engine that `tight_layout()` leaves behind: it does nothing, yet makes a save draw twice."""
    from matplotlib import rcParams
    from matplotlib.layout_engine import PlaceHolderLayoutEngine

    engine = figure.get_layout_engine()
    if (
        not isinstance(engine, PlaceHolderLayoutEngine)
        or (bbox_inches or rcParams["savefig.bbox"]) == "tight"
    ):
        yield
        return
    figure._layout_engine = None
    try:
        yield
    finally:
        figure._layout_engine = engine


def _format_of(filename: Any, given: str | None) -> str:
    if given is not None:
        return given.lower()
    return Path(filename).suffix[1:].lower() if isinstance(filename, str | os.PathLike) else "png"


def capture_shown(figure: Any) -> None:
    """Note a figure that is shown, unless it has been noted as it is."""
    if not figure.stale and captured.outputs:
        return
    pixels = draw(figure)
    captured.add_output(lambda: pixels)
    figure.stale = False


def _write_still(figure: Any, path: Path) -> None:
    with captured.quiet():
        Image.fromarray(draw(figure)).save(path)


def draw(figure: Any) -> Pixels:
    """Draw a figure at its own dpi and return it as RGB on white."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = figure.canvas
    if not isinstance(canvas, FigureCanvasAgg):
        canvas = FigureCanvasAgg(figure)
    factor = captured.fit(*canvas.get_width_height())
    begin_drawing()
    if play_animations(figure):
        canvas._is_saving = True  # animated artists are drawn, and the animation does not begin again
    with _at(figure, figure.dpi * factor * _ROUNDING) if factor < 1 else nullcontext():
        canvas.draw()
        pixels = flatten_rgba(np.asarray(canvas.buffer_rgba())) if captured.paints else _one_pixel()
    captured.note_scale(factor)
    if captured.paints:
        look_at(figure)
    pictured[:] = [figure]
    return pixels


def _one_pixel() -> Pixels:
    return np.full((1, 1, 3), 255, np.uint8)


def last_open_figure() -> Pixels | None:
    """Return the newest open figure that has anything in it, drawn; or None."""
    import matplotlib.pyplot as plt

    for number in reversed(plt.get_fignums()):
        figure = plt.figure(number)
        if not _is_empty(figure):
            return draw(figure)
    return None


def _is_empty(figure: Any) -> bool:
    return len(figure.get_children()) <= 1  # its background patch is always there
