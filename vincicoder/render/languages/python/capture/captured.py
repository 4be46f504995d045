"""Keeps the pictures caught in one Python sample's process, and chooses the sample's picture.

A save and a show are *outputs*; the last output is the sample's picture. A figure that is shown
after it was saved, unchanged, is no new output. Where there is no output, the newest image file that
the code wrote by other means counts; then the last picture *left*: a molecule drawn but not saved, a
figure still open at the end.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.api import RenderLimits, shrink_factor, too_large
from vincicoder.render.finish import shrunk
from vincicoder.render.languages.python.capture.deferred import Deferred, SvgDocument
from vincicoder.render.languages.svg.marks import svg_notes
from vincicoder.render.notes import MAX_NOTES, scaled, set_pixels
from vincicoder.render.protocol import HandOver, Refusal
from vincicoder.sample import Reason

_IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg")
_MAX_FILES_LOOKED_AT = 1000

Pixels = NDArray[np.uint8]


class SampleRefusedError(BaseException):
    """Ends a sample from inside a hook; not an Exception, so that the sample's handlers let it pass."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Captured:
    """The pictures caught so far. Only the last of each rank is kept, and drawn at the end.

    Nothing is noted before `begin`: the warm process has the same hooks, and saves pictures of its own.
    """

    def __init__(self) -> None:
        self.limits = RenderLimits()
        self.outputs = 0
        # A picture that stands for a figure which is drawn only after the code has ended.
        self.stands_for: Callable[[Image.Image], Deferred | None] = lambda image: None
        self.paints = True  # else nothing is wanted of a figure but how it is laid out
        self.opened_blank = False  # such a picture was read back by the code
        self.notes: list[str] = []
        self._quiet = 1
        self._output: Callable[[], Pixels | Deferred] | None = None
        self._left: Callable[[], Pixels | Deferred] | None = None

    def begin(self, limits: RenderLimits) -> None:
        """In a sample's own process: note from now on what it saves and shows."""
        self.limits = limits
        self._quiet = 0

    def fit(self, width: float, height: float) -> float:
        """Return by what a canvas of this size (pixels) is to be shrunk, 1 where it is within the limits.

        Raises SampleRefusedError where it is too large for that.
        """
        width, height = max(int(width), 1), max(int(height), 1)
        factor = shrink_factor(width, height, self.limits)
        if not factor:
            raise SampleRefusedError(Reason.RENDER_TOO_LARGE, too_large(width, height, self.limits))
        return factor

    def note_scale(self, factor: float) -> None:
        """Say by what the last output was shrunk; nothing where it was not."""
        if not self._quiet:
            self.notes = [note for note in self.notes if not note.startswith("scaled:")]
            if factor < 1:
                self.note(scaled(factor))

    def add_output(self, picture: Callable[[], Pixels | Deferred]) -> None:
        """Note a saved or shown picture; `picture` is called at the end, if it was the last."""
        if not self._quiet:
            self._output = picture
            self.outputs += 1

    def add_left(self, picture: Callable[[], Pixels | Deferred]) -> None:
        """Note a picture that was drawn but neither saved nor shown."""
        if not self._quiet:
            self._left = picture

    def note(self, note: str) -> None:
        """Say what the sample did (`vincicoder.render.notes`); what a library does inside is not noted."""
        if not self._quiet and note not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes.append(note)

    def renote(self, name: str, note: str) -> None:
        """Say it in place of what was said before by the same name (`name:value`)."""
        self.notes = [kept for kept in self.notes if not kept.startswith(f"{name}:")]
        if len(self.notes) < MAX_NOTES:
            self.notes.append(note)

    @property
    def is_quiet(self) -> bool:
        """Whether a hook is at work: what the library saves then is no output of the sample."""
        return self._quiet > 0

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Let nothing be noted inside."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def final_picture(self, folder: Path) -> Pixels | Deferred | None:
        """Return the sample's picture by the rule above, or None. `folder` is where it could write."""
        if self._output is not None:
            picture = self._output()
            if self.opened_blank and not isinstance(picture, Deferred):
                raise SampleRefusedError(
                    Reason.RENDER_MISSING_DEPENDENCY,
                    "draws with the picture of a plotly figure or Graphviz graph, which is made only after "
                    "the code has ended",
                )
            return picture
        written = _newest_image_file(folder)
        if written is not None:
            data = written.read_bytes()
            pixels = decode_picture(data)
            if b"<svg" in data[:1000]:
                for note in svg_notes(data.decode("utf-8", "replace")):
                    self.renote(note.partition(":")[0], note)
            elif isinstance(pixels, np.ndarray):  # by a library, or byte by byte
                self.renote("set_pixels", set_pixels(pixels.shape[0] * pixels.shape[1]))
            return pixels
        return self._left() if self._left is not None else None


captured = Captured()


def _newest_image_file(folder: Path) -> Path | None:
    newest: Path | None = None
    newest_stamp = -1
    looked_at = 0
    for parent, _, names in os.walk(folder):
        for name in names[: _MAX_FILES_LOOKED_AT - looked_at]:
            looked_at += 1
            path = Path(parent, name)
            if name.lower().endswith(_IMAGE_SUFFIXES) and path.is_file() and not path.is_symlink():
                stamp = path.stat().st_mtime_ns
                if stamp >= newest_stamp:
                    newest, newest_stamp = path, stamp
    return newest


def decode_picture(data: bytes) -> Pixels | Deferred | None:
    """Decode an image file's bytes, SVG too; None where they are no image.

    Raises SampleRefusedError for an SVG that is refused.
    """
    if b"<svg" in data[:1000]:
        return _draw_svg(data.decode("utf-8", "replace"))
    try:
        with captured.quiet(), Image.open(io.BytesIO(data)) as image:
            factor = captured.fit(*image.size)
            pixels = shrunk(image, factor)
        captured.note_scale(factor)
        return pixels
    except OSError:
        return None


def _draw_svg(text: str) -> Pixels | Deferred:
    from vincicoder.render.languages.svg.worker import render_svg

    drawn = render_svg(text, captured.limits)
    if isinstance(drawn, Refusal):
        raise SampleRefusedError(drawn.reason, f"the SVG that the code made: {drawn.detail}")
    if isinstance(drawn, HandOver):
        for note in drawn.notes:
            captured.note(note)
        return SvgDocument(text)
    return drawn.pixels


def decode_drawn(data: bytes) -> Pixels | Deferred:
    """Decode what a library drew. Raises ValueError where that is no image that we can read."""
    pixels = decode_picture(data)
    if pixels is None:
        raise ValueError("the code drew a picture in a form that cannot be decoded")
    return pixels


def is_unwritable(target: object) -> bool:
    """Return whether a save failed for the place alone: a folder that is not here, or not ours.

    Such a place (`/tmp/x.png`, `figures/x.png`) says nothing about the picture, which is kept.
    """
    if not isinstance(target, str | os.PathLike):
        return False
    folder = Path(os.fsdecode(target)).parent
    return not folder.is_dir() or not os.access(folder, os.W_OK) or folder.is_absolute()
