"""Image-side checks on pictures made here."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from vincicoder.render.finish import hash_pixels
from vincicoder.sample import Reason, Rejection
from vincicoder.verify import PictureLimits, check_pixels, decode_picture

LIMITS = PictureLimits()


def check_picture(
    image: bytes, width: int, height: int, limits: PictureLimits, pixels_sha256: str | None = None
) -> Rejection | None:
    pixels = decode_picture(image, width, height, pixels_sha256)
    return pixels if isinstance(pixels, Rejection) else check_pixels(pixels, limits)


def png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def drawn(width: int, height: int, ink: int) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, ink - 1, 0), fill="black")
    return png(image)


def test_a_picture_with_enough_ink_passes() -> None:
    assert check_picture(drawn(200, 100, 7), 200, 100, LIMITS) is None


def test_blank_and_nearly_blank_pictures_are_rejected() -> None:
    for image in (drawn(200, 100, 5), png(Image.new("RGB", (200, 100), "navy"))):
        rejection = check_picture(image, 200, 100, LIMITS)
        assert rejection is not None and rejection.reason is Reason.VERIFY_BLANK


def test_faint_noise_is_not_ink() -> None:
    image = Image.new("RGB", (100, 100), (250, 250, 250))
    ImageDraw.Draw(image).rectangle((0, 0, 50, 50), fill=(245, 245, 245))
    rejection = check_picture(png(image), 100, 100, LIMITS)
    assert rejection is not None and rejection.reason is Reason.VERIFY_BLANK


def test_broken_files_are_undecodable() -> None:
    whole = drawn(200, 100, 50)
    for broken in (b"", b"not an image", whole[: len(whole) // 2]):
        rejection = check_picture(broken, 200, 100, LIMITS)
        assert rejection is not None and rejection.reason is Reason.VERIFY_UNDECODABLE
    rejection = check_picture(whole, 100, 200, LIMITS)
    assert rejection is not None and "decodes to 200x100, 100x200 was stated" in rejection.detail


def test_other_pixels_than_stated_are_undecodable() -> None:
    pixels = decode_picture(drawn(200, 100, 50), 200, 100, None)
    assert not isinstance(pixels, Rejection)
    stated = hash_pixels(pixels)
    assert check_picture(drawn(200, 100, 50), 200, 100, LIMITS, stated) is None
    rejection = check_picture(drawn(200, 100, 51), 200, 100, LIMITS, stated)
    assert rejection is not None and rejection.reason is Reason.VERIFY_UNDECODABLE
    assert rejection.detail == "decodes to other pixels than rendering stated"


def test_slivers_and_specks_are_rejected_by_size() -> None:
    for width, height in ((15, 15), (340, 16)):
        rejection = check_picture(drawn(width, height, 10), width, height, LIMITS)
        assert rejection is not None and rejection.reason is Reason.VERIFY_SIZE


def test_what_is_no_picture_is_named_in_the_same_words_each_time() -> None:
    told = {check_picture(b"no picture", 8, 8, LIMITS) for _ in range(2)}
    detail = "UnidentifiedImageError: no known picture format"
    assert told == {Rejection(Reason.VERIFY_UNDECODABLE, detail)}
