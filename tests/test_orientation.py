"""Pictures with an EXIF orientation are compared as every viewer shows them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from vincicoder.reward.items import decode_reference
from vincicoder.verify.own_picture import read_own_picture


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_own_pictures_and_references_are_turned(orientation: int, file_format: str) -> None:
    picture = Image.new("RGB", (60, 30), "white")
    picture.paste((200, 0, 0), (0, 0, 20, 10))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    picture.save(stream, file_format, exif=exif.tobytes())
    with Image.open(io.BytesIO(stream.getvalue())) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    own = read_own_picture(stream.getvalue())
    assert own is not None and np.array_equal(own, expected)
    assert own.shape == ((60, 30, 3) if orientation > 4 else (30, 60, 3))
    assert np.array_equal(decode_reference("", stream.getvalue()).pixels, expected)


def test_broken_exif_is_passed_over() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (60, 30), "white").save(stream, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    own = read_own_picture(stream.getvalue())
    assert own is not None and own.shape == (30, 60, 3)
