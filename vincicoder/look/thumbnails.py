"""Small WebP pictures, their form inside a page, and pictures of others encoded again."""

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
    image = _decoded(picture)
    if image is None:
        return None
    if image.height > _LONGEST_SHAPE * image.width:
        image = image.crop((0, 0, image.width, _LONGEST_SHAPE * image.width))
    return _encoded(image, side, "WEBP", quality=quality, method=2)


def encoded_again(picture: bytes, side: int) -> bytes | None:
    """Return a PNG, on white, of a file that may be any: of what cannot be decoded nothing passes."""
    image = _decoded(picture)
    return None if image is None else _encoded(image, side, "PNG", compress_level=1)


def data_uri(webp: bytes) -> str:
    """Return a WebP as the value of an `src`."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}"


def _decoded(picture: bytes) -> Image.Image | None:
    """Return the picture, RGB on white."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                return None
            image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image


def _encoded(image: Image.Image, side: int, kind: str, **options: int) -> bytes:
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
