"""The two libraries that draw SVG, behind one signature each: text in, RGB pixels on white out."""

from __future__ import annotations

import ctypes
import ctypes.util
import io
from functools import cache
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.finish import pick_channels
from vincicoder.render.languages.svg.size import drawn_scale, natural_size, pixel_size

_DPI = 96.0  # CSS pixels an inch
# CSS's `medium`, which librsvg takes for 12 px. Its sheet would override an attribute.
_DEFAULT_STYLE = b"svg:root:not([font-size]) { font-size: 16px }"
_DECLARATIONS = """
typedef struct { double x, y, width, height; } RsvgRectangle;
typedef struct { unsigned int domain; int code; char *message; } GError;
void *rsvg_handle_new_from_data(const unsigned char *data, size_t length, GError **error);
void rsvg_handle_set_dpi(void *handle, double dpi);
int rsvg_handle_set_stylesheet(void *handle, const unsigned char *css, size_t length, GError **error);
int rsvg_handle_render_document(void *handle, void *cairo, RsvgRectangle *viewport, GError **error);
void g_object_unref(void *object);
void g_error_free(GError *error);
"""


class SvgError(Exception):
    """The library cannot draw this document: the sample's fault."""


@cache
def _library() -> tuple[Any, Any, Any, Any] | None:
    """Return (ffi, librsvg, gobject, glib), or None where librsvg is not installed."""
    import cffi

    ffi = cffi.FFI()
    ffi.cdef(_DECLARATIONS)
    try:
        return (
            ffi,
            ffi.dlopen("librsvg-2.so.2"),
            ffi.dlopen("libgobject-2.0.so.0"),
            ffi.dlopen("libglib-2.0.so.0"),
        )
    except OSError:
        return None


@cache
def backend_version() -> str:
    """Return the name and version of the library that draws here."""
    try:
        library = ctypes.CDLL("librsvg-2.so.2")
    except OSError:
        return cairosvg_version()
    numbers = [
        ctypes.c_uint.in_dll(library, f"rsvg_{part}_version").value for part in ("major", "minor", "micro")
    ]
    return "librsvg " + ".".join(str(number) for number in numbers)


def cairosvg_version() -> str:
    """Return the reference's name and version, and that of cairo below it."""
    import cairocffi

    return f"cairosvg {metadata.version('cairosvg')} cairo {cairocffi.cairo_version_string()}"


@cache
def load_drawing_libraries() -> None:
    """Load everything that drawing needs, for a process that is to be confined afterwards."""
    import cairocffi  # noqa: F401
    import cairosvg  # noqa: F401

    _library()


def has_librsvg() -> bool:
    """Return whether the fast library is installed."""
    return _library() is not None


def draw_with_librsvg(code: str) -> NDArray[np.uint8]:
    """Draw with librsvg, at the size of `size.py`. Raises SvgError."""
    import cairocffi

    library = _library()
    if library is None:
        raise RuntimeError("librsvg is not installed (Debian: librsvg2-2)")
    ffi, rsvg, gobject, glib = library
    error = ffi.new("GError **")

    def message() -> str:
        if error[0] == ffi.NULL:
            return "the document cannot be drawn"
        text: str = ffi.string(error[0].message).decode("utf-8", "replace")
        glib.g_error_free(error[0])
        return text

    data = code.encode("utf-8", "replace")
    handle = rsvg.rsvg_handle_new_from_data(data, len(data), error)
    if handle == ffi.NULL:
        raise SvgError(message())
    try:
        rsvg.rsvg_handle_set_dpi(handle, _DPI)
        rsvg.rsvg_handle_set_stylesheet(handle, _DEFAULT_STYLE, len(_DEFAULT_STYLE), error)
        natural_width, natural_height = natural_size(code)
        scale = drawn_scale(natural_width, natural_height)
        width, height = pixel_size(natural_width, natural_height, scale)
        surface = cairocffi.ImageSurface(cairocffi.FORMAT_RGB24, width, height)
        context = cairocffi.Context(surface)
        context.set_source_rgb(1, 1, 1)
        context.paint()
        context.scale(width / natural_width, height / natural_height)
        viewport = ffi.new("RsvgRectangle *", (0, 0, natural_width, natural_height))
        pointer = ffi.cast("void *", int(cairocffi.ffi.cast("intptr_t", context._pointer)))
        if not rsvg.rsvg_handle_render_document(handle, pointer, viewport, error):
            raise SvgError(message())
        surface.flush()
        bgrx = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride() // 4, 4)
        return pick_channels(bgrx[:, :width], (2, 1, 0))
    finally:
        gobject.g_object_unref(handle)


def draw_with_cairosvg(code: str) -> NDArray[np.uint8]:
    """Draw with CairoSVG, at the size of `size.py`. Raises SvgError."""
    import cairosvg

    natural = natural_size(code)
    width, height = pixel_size(*natural, drawn_scale(*natural))
    try:
        png = cairosvg.svg2png(
            bytestring=code.encode("utf-8", "replace"),
            output_width=width,
            output_height=height,
            background_color="white",
            dpi=_DPI,
        )
    except MemoryError:
        raise
    except Exception as error:
        raise SvgError(f"{type(error).__name__}: {error}") from error
    with Image.open(io.BytesIO(png)) as image:
        return np.array(image.convert("RGB"))
