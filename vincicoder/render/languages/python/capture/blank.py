"""Blank pictures that stand for figures which are drawn only after the code has ended.

A sample that asks for the bytes of such a figure gets a blank picture and goes on. One that saves or
shows the blank picture by Pillow means the figure; one that draws with it is refused, as its own picture
would be wrong.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageFile, PngImagePlugin

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.deferred import Deferred

_MARK = "deferred-figure"
_PILLOW_FORMATS = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "jpe": "JPEG",
    "gif": "GIF",
    "webp": "WEBP",
    "pdf": "PDF",
    "ps": "EPS",
    "eps": "EPS",
}
BLANK_FORMATS = frozenset({*_PILLOW_FORMATS, "svg"})

# The figures that blank pictures stand for, by their mark's number.
_figures: list[Deferred] = []


def blank(figure: Deferred, size: tuple[int, int], form: str) -> bytes:
    """Return a blank picture of a size (width, height in pixels), marked as standing for the figure.

    `form` is one of BLANK_FORMATS; only PNG, JPEG and GIF carry the mark.
    """
    form = form.lower()
    if form == "svg":
        return b'<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"></svg>' % size
    mark = f"{_MARK} {len(_figures)}"
    _figures.append(figure)
    options: dict[str, Any] = {}
    if form == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("comment", mark)
        options = {"pnginfo": text, "compress_level": 1}
    elif _PILLOW_FORMATS[form] in ("JPEG", "GIF"):
        options = {"comment": mark}
    buffer = io.BytesIO()
    with captured.quiet():
        Image.new("RGB", size, "white").save(buffer, _PILLOW_FORMATS[form], **options)
    return buffer.getvalue()


def watch_decoding() -> None:
    """Note when the code reads the pixels of a blank picture; may be called more than once."""
    if captured.stands_for is _marked:
        return
    original = ImageFile.ImageFile.load

    def load(self: Any) -> Any:
        if not captured.is_quiet and _marked(self) is not None:
            captured.opened_blank = True
        return original(self)

    ImageFile.ImageFile.load = load  # type: ignore[method-assign]
    captured.stands_for = _marked


def _marked(image: Image.Image) -> Deferred | None:
    """Return the figure that a picture stands for."""
    comment = image.info.get("comment")
    text = comment.decode("latin-1") if isinstance(comment, bytes) else comment
    if not isinstance(text, str) or not text.startswith(_MARK):
        return None
    number = text.rpartition(" ")[2]
    return _figures[int(number)] if number.isdigit() and int(number) < len(_figures) else None
