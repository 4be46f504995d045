"""Small WebP pictures, and their form inside a page."""

from __future__ import annotations

import base64
import io

from PIL import Image

# As the render engine allows: a larger picture is not decoded.
_MAX_PIXELS = 50_000_000
_LONGEST_SHAPE = 2  # a page longer than this many times its width shows its top


def thumbnail(picture: bytes, side: int, quality: int = 60) -> bytes | None:
    """Return a WebP of at most `side` x `side` pixels on white, or None where `picture` cannot be decoded.

    A small picture keeps its size. Of a very long page the top is shown.
    """
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                return None
            if opened.format == "JPEG":
                opened.draft("RGB", (2 * side, 2 * side))
            image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if image.height > _LONGEST_SHAPE * image.width:
        image = image.crop((0, 0, image.width, _LONGEST_SHAPE * image.width))
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=quality, method=2)
    return stream.getvalue()


def data_uri(webp: bytes) -> str:
    """Return a WebP as the value of an `src`."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}"


def encoded_again(picture: bytes, side: int) -> bytes | None:
    """Return a PNG of a file that may be any: what cannot be decoded gives None, and nothing else passes."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                return None
            image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    return stream.getvalue()
