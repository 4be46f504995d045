"""Small pictures: their size, what of a long page is shown, and that nothing but a picture passes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from vincicoder.look.thumbnails import encoded_again, thumbnail


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("size", "expected"), [((1200, 600), (240, 120)), ((100, 50), (100, 50)), ((100, 3000), (100, 200))]
)
def test_sizes(size: tuple[int, int], expected: tuple[int, int]) -> None:
    small = opened(thumbnail(encoded(Image.new("RGB", size, "teal")), 240))
    assert (small.format, small.size) == ("WEBP", expected)


def test_what_is_transparent_is_white() -> None:
    clear = encoded(Image.new("RGBA", (40, 40), (255, 0, 0, 0)))
    assert opened(encoded_again(clear, 240)).convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    darkest = min(low for low, _ in opened(thumbnail(clear, 240)).convert("RGB").getextrema())
    assert darkest >= 250  # WebP keeps no exact colours


@pytest.mark.parametrize("data", [b"", b"<svg onload='x()'/>", b"\x89PNG\r\n\x1a\nrest", b"GIF89a"])
def test_nothing_but_pictures_passes(data: bytes) -> None:
    assert thumbnail(data, 240) is None
    assert encoded_again(data, 240) is None


def test_another_kind_becomes_a_png_without_what_else_it_held() -> None:
    data = encoded(Image.new("RGB", (60, 30), "navy"), "JPEG") + b"<script>window.ran = 1</script>"
    again = encoded_again(data, 240)
    assert opened(again).format == "PNG" and again is not None and b"script" not in again
