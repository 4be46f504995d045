"""Turns pictures the way up that every viewer shows: cameras record in EXIF how they were held."""

from __future__ import annotations

from PIL import ExifTags, Image

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each value of EXIF's tag Orientation (EXIF 2.32, section 4.6.4 A)."""


def upright(image: Image.Image) -> Image.Image:
    """Return the image turned as its EXIF (or XMP) orientation says; the same one where none is noted.

    Broken EXIF is passed over, as viewers do.
    """
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # whatever Pillow's parser raises on broken metadata; the pixels are read apart
        turn = None
    return image if turn is None else image.transpose(turn)
