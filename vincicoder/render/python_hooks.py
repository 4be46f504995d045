"""Catches pictures where the libraries make them, whatever the code does with them afterwards.

A save and a show are *outputs*; the last output is the sample's picture. A figure that is shown
after it was saved, unchanged, is no new output. Where there is no output, the last picture *left*
counts: a figure still open at the end, a molecule drawn but not saved.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.api import RenderLimits
from vincicoder.render.finish import flatten_on_white, flatten_rgba
from vincicoder.render.limits import too_large
from vincicoder.sample import Reason

_FAST_SAVE_PIXELS = 1_000_000  # below this an uncompressed PNG is quicker to write than a small one
_IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg")
_MAX_FILES_LOOKED_AT = 1000

Pixels = NDArray[np.uint8]


class SampleRefused(BaseException):
    """Ends a sample from inside a hook; not an Exception, so that the sample's handlers let it pass."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Captured:
    """The pictures caught in one sample's process. Only the last of each rank is kept."""

    def __init__(self) -> None:
        self.limits = RenderLimits()
        self.output: Callable[[], Pixels] | None = None
        self.left: Callable[[], Pixels] | None = None
        self.outputs = 0
        self.quiet = 0  # over 0 while a hook is at work: what it saves is no output of the sample

    def check_size(self, width: float, height: float) -> None:
        """Raise SampleRefused where a canvas of this size would be over the limits."""
        problem = too_large(max(int(width), 1), max(int(height), 1), self.limits)
        if problem:
            raise SampleRefused(Reason.RENDER_TOO_LARGE, problem)

    def add_output(self, picture: Callable[[], Pixels]) -> None:
        """Note a saved or shown picture; `picture` is called at the end, if it was the last."""
        if not self.quiet:
            self.output = picture
            self.outputs += 1


captured = Captured()


def install_hooks() -> None:
    """Put the hooks into the libraries, in a sample's own process: the warm one saves pictures too."""
    _hook_pillow()
    _hook_matplotlib()
    if "rdkit" in sys.modules:
        from vincicoder.render.python_hooks_rdkit import hook_rdkit

        hook_rdkit()


def _hook_pillow() -> None:
    original_save = Image.Image.save

    def save(self: Image.Image, fp: Any, format: str | None = None, **params: Any) -> None:
        if captured.quiet:
            original_save(self, fp, format, **params)
            return
        copy = self.copy()
        captured.add_output(lambda: flatten_on_white(copy))
        captured.quiet += 1
        try:
            original_save(self, fp, format, **params)
        except OSError:
            if not isinstance(fp, str | os.PathLike):
                raise  # an unwritable path does not spoil the picture, an unwritable mode does
            if Path(fp).parent.is_dir() and os.access(Path(fp).parent, os.W_OK):
                raise
        finally:
            captured.quiet -= 1

    def show(self: Image.Image, title: str | None = None) -> None:
        copy = self.copy()
        captured.add_output(lambda: flatten_on_white(copy))

    Image.Image.save = save  # type: ignore[method-assign]
    Image.Image.show = show  # type: ignore[method-assign]


def _hook_matplotlib() -> None:
    import matplotlib
    import matplotlib.pyplot as plt
    from matplotlib.backend_bases import FigureCanvasBase, FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    original_print = FigureCanvasAgg._print_pil
    original_print_figure = FigureCanvasBase.print_figure

    def print_pil(
        self: Any, filename_or_obj: Any, fmt: str, pil_kwargs: Any = None, metadata: Any = None
    ) -> None:
        width, height = self.get_width_height()
        captured.check_size(width, height)
        pil_kwargs = dict(pil_kwargs or {})
        if fmt == "png":
            pil_kwargs.setdefault("compress_level", 0 if width * height < _FAST_SAVE_PIXELS else 1)
        captured.quiet += 1
        try:
            original_print(self, filename_or_obj, fmt, pil_kwargs, metadata)
        except OSError:
            # The picture is drawn: a folder that is not there, or not to be written, does not spoil it.
            if not isinstance(filename_or_obj, str | os.PathLike):
                raise
        finally:
            captured.quiet -= 1
        rgba = np.array(self.buffer_rgba())
        captured.add_output(lambda: flatten_rgba(rgba))

    def print_figure(self: Any, filename: Any, dpi: Any = None, *rest: Any, **options: Any) -> Any:
        form = options.get("format")
        if form is None and isinstance(filename, str | os.PathLike):
            form = os.path.splitext(os.fspath(filename))[1][1:]
        if str(form or "png").lower() in ("pdf", "svg", "svgz", "eps", "ps", "pgf"):
            raster = {**options, "format": "png", "backend": None, "metadata": None, "pil_kwargs": None}
            original_print_figure(self, io.BytesIO(), dpi, *rest, **raster)
            captured.quiet += 1
            try:
                return original_print_figure(self, filename, dpi, *rest, **options)
            except OSError:
                return None
            finally:
                captured.quiet -= 1
        result = original_print_figure(self, filename, dpi, *rest, **options)
        self.figure.stale = False  # so that a show of the unchanged figure is seen to be no new output
        return result

    def show(*_: Any, **__: Any) -> None:
        for number in plt.get_fignums():
            _capture_shown(plt.figure(number))

    def show_figure(self: Any, warn: bool = True) -> None:
        _capture_shown(self)

    def stay_with_agg(*_: Any, **__: Any) -> None:
        """Interactive backends have no screen here; every format is saved through Agg's canvas."""

    FigureCanvasAgg._print_pil = print_pil
    FigureCanvasBase.print_figure = print_figure
    FigureManagerBase.show = lambda self: _capture_shown(self.canvas.figure)
    Figure.show = show_figure
    plt.show = show
    plt.switch_backend = stay_with_agg
    plt.pause = lambda interval: show()
    matplotlib.use = stay_with_agg


def _capture_shown(figure: Any) -> None:
    if not figure.stale and captured.outputs:
        return
    pixels = draw(figure)
    captured.add_output(lambda: pixels)
    figure.stale = False


def draw(figure: Any) -> Pixels:
    """Draw a figure at its own dpi and return it as RGB on white."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    captured.check_size(*canvas.get_width_height())
    canvas.draw()
    return flatten_rgba(np.asarray(canvas.buffer_rgba()))


def final_picture(folder: Path) -> Pixels | None:
    """Return the sample's picture by the rule above, files it wrote itself included, or None."""
    if captured.output is None:
        written = _last_image_file(folder)
        if written is not None:
            return written
    chosen = captured.output or captured.left
    if chosen is not None:
        return chosen()
    return _last_open_figure()


def _last_open_figure() -> Pixels | None:
    import matplotlib.pyplot as plt

    for number in reversed(plt.get_fignums()):
        figure = plt.figure(number)
        if len(figure.get_children()) > 1:  # its background patch is always there
            return draw(figure)
    return None


def _last_image_file(folder: Path) -> Pixels | None:
    """Return the picture in the newest image file below `folder`: what no hook could see being made."""
    newest: tuple[int, Path] | None = None
    looked_at = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            looked_at += 1
            if looked_at > _MAX_FILES_LOOKED_AT:
                break
            path = Path(parent, name)
            if name.lower().endswith(_IMAGE_SUFFIXES) and path.is_file() and not path.is_symlink():
                stamp = path.stat().st_mtime_ns
                if newest is None or stamp >= newest[0]:
                    newest = (stamp, path)
    if newest is None:
        return None
    return decode_picture(newest[1].read_bytes())


def decode_picture(data: bytes) -> Pixels | None:
    """Decode an image file's bytes; None where they are no image. Runs in the sample's own process."""
    if data.lstrip()[:5] in (b"<?xml", b"<svg ") or b"<svg" in data[:1000]:
        from vincicoder.render.svg_worker import render_svg

        drawn = render_svg(data.decode("utf-8", "replace"), captured.limits)
        return drawn.pixels if hasattr(drawn, "pixels") else None
    try:
        with Image.open(io.BytesIO(data)) as image:
            captured.check_size(*image.size)
            return flatten_on_white(image)
    except OSError:
        return None
