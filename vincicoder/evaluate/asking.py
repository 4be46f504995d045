"""An item as it is put to a model: its training prompt and its pictures."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from itertools import zip_longest

from PIL import Image

from vincicoder.chat.question import Question
from vincicoder.compose.instructions import IMAGE_TAG
from vincicoder.orientation import upright
from vincicoder.render.finish import flatten_on_white

VERSION = 1
"""Raise it whenever an item is put to a model in another way: kept answers are then not used again."""

MAX_PIXELS = 4_194_304
"""Larger pictures are shrunk by one factor on both sides."""


def question_of(instruction: str, pictures: Sequence[bytes], seed: int) -> Question:
    """Return the question of one item. `pictures` are as `picture_for_model` gives them, one for each
    `<image>` of the instruction, in their order.

    Its id is that of its content: the same prompt with the same pictures is the same question in every
    benchmark.
    """
    texts = [text.strip() for text in instruction.split(IMAGE_TAG, len(pictures))]
    parts = (part for pair in zip_longest(texts, pictures) for part in pair)
    shown = tuple(part for part in parts if part)
    return Question(question_digest(shown), 0, shown, seed)


def question_digest(parts: tuple[str | bytes, ...]) -> str:
    """Return the sha256 that names a question by what it shows, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(f"{type(part).__name__} {len(data)}\0".encode() + data)
    return digest.hexdigest()


def picture_for_model(image: bytes) -> bytes:
    """Return a picture as PNG, upright, on white and of at most `MAX_PIXELS`; one that is so stays as it is.

    Raises OSError, ValueError or SyntaxError where it cannot be read.
    """
    with Image.open(io.BytesIO(image)) as opened:
        fits = opened.width * opened.height <= MAX_PIXELS
        if opened.format == "PNG" and opened.mode == "RGB" and fits and "transparency" not in opened.info:
            opened.load()
            return image
        shown = Image.fromarray(flatten_on_white(upright(opened)))
    if not fits:
        factor = (MAX_PIXELS / (shown.width * shown.height)) ** 0.5
        size = (max(1, int(shown.width * factor)), max(1, int(shown.height * factor)))
        shown = shown.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    shown.save(buffer, "PNG")
    return buffer.getvalue()
