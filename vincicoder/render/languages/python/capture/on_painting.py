"""Notes what a Python sample's picture is made of: image files decoded, pixels set, and the marks of figures.

A picture can be copied instead of drawn: decoded from bytes, set pixel by pixel, or laid out as a mosaic of
cells, bars or dots. All of these are honest where the cells were computed; what tells is how much information
they hold beside the literals of the program, so both are noted: `marks:COUNT/BYTES`.
"""

from __future__ import annotations

import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFile

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.notes import DECODED_IMAGE, decoded_bytes, marks, set_pixels

_FEW_MARKS = 100  # below it nothing is noted: no picture is copied with so few
_MOST_CELLS = 1_000_000
_SMALL_FILE = 100  # bytes: a spacer

_produced: set[int] = set()  # checksums of the image files that the sample itself has encoded
_seen = {"decoded": 0, "cells": 0}
_DRAWING = (
    "rectangle", "rounded_rectangle", "point", "line", "polygon", "ellipse", "arc", "chord", "pieslice",
    "regular_polygon", "circle", "bitmap",
)  # fmt: skip


def hook_painting() -> None:
    """Put the hooks into Pillow."""
    original_open = Image.open

    def opened(fp: Any, *rest: Any, **options: Any) -> Any:
        if not captured.is_quiet:
            _note_decoded(fp)
        return original_open(fp, *rest, **options)

    Image.open = opened
    for name in ("fromarray", "frombytes", "frombuffer"):
        _count(Image, name, _cells_of_table)
    for name in ("putdata", "frombytes"):
        _count(Image.Image, name, lambda image, *_: image.width * image.height)
    for name in ("putpixel",):
        _count(Image.Image, name, lambda *_: 1)
    for name in ("load",):
        _count(Image.Image, name, lambda image, *_: image.width * image.height)
    for name in _DRAWING:
        if hasattr(ImageDraw.ImageDraw, name):
            _count(ImageDraw.ImageDraw, name, _points_drawn)
    _count(ImageFile.Parser, "feed", _fed)


def produced(target: Any) -> None:
    """Remember an image file that the sample has encoded: reading it back is no copy."""
    try:
        data = target.getbuffer() if isinstance(target, io.BytesIO) else None
        if data is None and isinstance(target, str | os.PathLike):
            with open(target, "rb") as stream:
                _produced.add(zlib.crc32(stream.read()))
        elif data is not None:
            _produced.add(zlib.crc32(data))
    except (OSError, ValueError, BufferError):
        return


def look_at(figure: Any) -> None:
    """Note the marks of a matplotlib figure that has just been drawn."""
    if captured.is_quiet:
        return
    count = 0
    parts: list[_Numbers] = []
    for artist in _artists_of(figure):
        try:
            for number, values in _marks_of(artist):
                count += number
                if count <= _MOST_CELLS:
                    parts.append(values)
        except Exception:  # of the sample's own making: it cannot be asked
            count += 1
    if count >= _FEW_MARKS:
        captured.renote("marks", marks(count, _information(parts) if count <= _MOST_CELLS else _MOST_CELLS))


def _count(owner: Any, name: str, cells: Callable[..., int]) -> None:
    original = getattr(owner, name)

    def counted(*arguments: Any, **options: Any) -> Any:
        # What Pillow and other libraries do inside is theirs.
        if not captured.is_quiet and _asked_by_sample(sys._getframe(1)):
            try:
                _seen["cells"] += cells(*arguments)
            except Exception:
                _seen["cells"] += 1
            if _seen["cells"] >= _FEW_MARKS:
                captured.renote("set_pixels", set_pixels(_seen["cells"]))
        return original(*arguments, **options)

    setattr(owner, name, counted)


def _asked_by_sample(frame: Any) -> bool:
    return "__file__" not in frame.f_globals or not str(frame.f_globals["__file__"]).startswith(_LIBRARIES)


_LIBRARIES = (sys.prefix, sys.base_prefix, str(Path(Image.__file__).parents[1]))


def _cells_of_table(table: Any, *_: Any) -> int:
    shape = getattr(table, "shape", None)
    return int(shape[0] * shape[1]) if shape is not None and len(shape) > 1 else int(table_size(table))


def table_size(table: Any) -> int:
    """Return the number of entries of a table: (width, height) after a mode, or anything with a length."""
    return _FEW_MARKS if isinstance(table, str) else len(table)


def _points_drawn(_: Any, where: Any = (), *__: Any) -> int:
    return max(1, len(where) // 4)


def _fed(_: Any, data: bytes) -> int:
    _add_decoded(len(data))
    return 0


def _note_decoded(fp: Any) -> None:
    try:
        if isinstance(fp, str | os.PathLike):
            path = Path(os.fsdecode(fp)).absolute()
            if Path.cwd() not in path.parents:
                return  # a library's own picture
            with open(path, "rb") as stream:
                data = stream.read()
        else:
            place = fp.tell()
            data = fp.read()
            fp.seek(place)
    except (OSError, ValueError, AttributeError):
        return
    if len(data) >= _SMALL_FILE and zlib.crc32(data) not in _produced:
        _add_decoded(len(zlib.compress(data, 1)))


def _add_decoded(size: int) -> None:
    _seen["decoded"] += size
    captured.note(DECODED_IMAGE)
    captured.renote("decoded_bytes", decoded_bytes(_seen["decoded"]))


def _artists_of(figure: Any) -> Iterator[Any]:
    for axes in figure.get_axes():
        yield from axes.get_children()
        for child in getattr(axes, "child_axes", ()):
            yield from child.get_children()
    yield from (child for child in figure.get_children() if child not in figure.axes)


# Numbers that say where marks are and in which colours; computed late where most figures do not need them.
_Numbers = NDArray[Any] | Callable[[], NDArray[Any]]


def _marks_of(artist: Any) -> Iterator[tuple[int, _Numbers]]:
    """Yield how many marks an artist draws, and their numbers."""
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D
    from matplotlib.offsetbox import OffsetBox
    from matplotlib.patches import Patch
    from matplotlib.table import Table
    from matplotlib.text import Text

    if isinstance(artist, Patch):
        yield 1, partial(_box_and_color, artist)
        corners: NDArray[Any] = np.asarray(artist.get_path().vertices)
        if len(corners) > _FEW_MARKS:
            yield len(corners), corners
    elif isinstance(artist, Line2D):
        points: NDArray[Any] = np.asarray(artist.get_xydata())
        if len(points) > _FEW_MARKS:
            yield len(points) // 2, points
    elif isinstance(artist, Collection):
        yield from _marks_of_collection(artist)
    elif isinstance(artist, Text):
        text = artist.get_text()
        yield (
            sum(_is_block(letter) for letter in text) + (len(text) <= 1),
            np.frombuffer(text.encode()[: len(text) & ~7], np.uint8),
        )
    elif isinstance(artist, Table):
        for cell in artist.get_celld().values():
            yield from _marks_of(cell)
    elif isinstance(artist, OffsetBox) or hasattr(artist, "offsetbox"):
        for found in artist.findobj():
            if hasattr(found, "get_data") or hasattr(found, "image"):
                yield from _marks_of(found)
    else:
        yield from _cells_of_image(artist)


def _box_and_color(patch: Any) -> NDArray[Any]:
    """Return the box around a patch's corners and those that control its curves, and its colour."""
    corners = patch.get_transform().transform(patch.get_path().vertices)
    return np.concatenate([corners.min(axis=0), corners.max(axis=0), patch.get_facecolor()])


def _marks_of_collection(artist: Any) -> Iterator[tuple[int, NDArray[Any]]]:
    array = artist.get_array()
    colors = np.asarray(artist.get_facecolor()) if array is None else np.ma.getdata(array)
    if array is not None and np.ndim(array) >= 2:
        yield _cells(array), _squeezed(np.ma.getdata(array))
        return
    paths = artist.get_paths()
    offsets: NDArray[Any] = np.ma.getdata(artist.get_offsets())
    vertices: list[NDArray[Any]] = [np.asarray(path.vertices) for path in paths[: _MOST_CELLS // 16]]
    yield max(len(paths), len(offsets)), np.ravel(colors)
    if len(offsets) > 1:
        yield 0, offsets
    if len(paths) > 1 or (vertices and len(vertices[0]) > _FEW_MARKS):
        yield sum(map(len, vertices)) // 4, np.concatenate(vertices)


def _cells_of_image(artist: Any) -> Iterator[tuple[int, NDArray[Any]]]:
    get = getattr(artist, "get_array", None) or getattr(artist, "get_data", None)
    array = get() if callable(get) else None
    if array is not None and not isinstance(array, tuple) and np.ndim(array) >= 2:
        yield _cells(array), _squeezed(np.ma.getdata(array))


def _cells(array: Any) -> int:
    """Return how many cells a table draws: one for a ramp, as of a colour bar, whatever its length."""
    height, width = np.shape(array)[:2]
    if np.ndim(array) == 2 and min(height, width) == 1:
        steps = np.diff(np.ma.getdata(array).ravel().astype(np.float64))
        if (steps >= 0).all() or (steps <= 0).all():
            return 1
    return int(height * width)


def _is_block(letter: str) -> bool:
    return "\u2580" <= letter <= "\u25ff" or "\u2800" <= letter <= "\u28ff" or letter in "\u2b1b\u2b1c"


def _squeezed(array: NDArray[Any]) -> NDArray[Any]:
    """Return a table without rows and columns that repeat the one before: an enlarged one is made small."""
    if not array.size or array.shape[0] * array.shape[1] > _MOST_CELLS:
        return array[:1000, :1000]
    for axis in (0, 1):
        lines = np.moveaxis(array, axis, 0)
        other = (lines[1:] != lines[:-1]).any(axis=tuple(range(1, lines.ndim)))
        array = np.compress(np.append(True, other), array, axis=axis)
    return array


def _information(parts: list[_Numbers]) -> int:
    """Return the bytes of information in the numbers, each part to one of 256 levels of its own range."""
    packed = zlib.compressobj(6)
    size = 0
    for part in parts:
        try:
            values = np.asarray(part() if callable(part) else part, np.float64).ravel()
        except Exception:  # of the sample's own making, or a patch without corners
            continue
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        low, high = float(values.min()), float(values.max())
        levels = ((values - low) * (255 / (high - low) if high > low else 0)).astype(np.uint8)
        size += len(packed.compress(levels.tobytes()))
    return size + len(packed.flush())
