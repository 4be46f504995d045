"""The questions of a benchmark's shards: what each item asks, with the pictures that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from storage.outputs import read_output
from vincicoder.evaluate.asking import picture_for_model, question_of
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.chat.question import Question

_UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


class NotAskableError(UserError):
    """Of some items a part of what is to be asked is not there."""


def item_ids(home: Home, items: Sequence[StageOutput]) -> list[str]:
    """Return the ids of all items of some shards."""
    return [
        name
        for shard in items
        for name in read_output(home, shard, columns=["item_id"])["item_id"].to_pylist()
    ]


def questions_by_shard(
    home: Home, items: Sequence[StageOutput], references: Sequence[StageOutput], seed: int
) -> Iterator[list[tuple[str, Question]]]:
    """Yield the questions of each shard, with their items' ids. An item of which a picture
    cannot be read, or that has none, neither of its own nor drawn from its code, is not asked."""
    for shard, drawn in zip(items, references, strict=True):
        columns = ["item_id", "instruction", "item_image", "shown_images"]
        rows = read_output(home, shard, columns=columns).to_pylist()
        pictures = read_output(home, drawn, columns=["image"])["image"].to_pylist()
        found = []
        for row, picture in zip(rows, pictures, strict=True):
            own = [_readable(one) for one in row["shown_images"]] or [_readable(row["item_image"], picture)]
            readable = [one for one in own if one is not None]
            if len(readable) == len(own):
                found.append((row["item_id"], question_of(row["instruction"], readable, seed)))
        yield found


def _readable(*pictures: bytes | None) -> bytes | None:
    for picture in pictures:
        if picture is not None:
            try:
                return picture_for_model(picture)
            except _UNREADABLE:
                continue
    return None


def require_askable(home: Home, items: Sequence[StageOutput]) -> None:
    """Find before any work that a model cannot be asked. Raises NotAskableError."""
    silent: dict[str, int] = {}
    for shard in items:
        for row in read_output(home, shard, columns=["group", "instruction"]).to_pylist():
            if not row["instruction"]:
                silent[row["group"]] = silent.get(row["group"], 0) + 1
    if silent:
        parts = ", ".join(f"{count} of {group or 'the whole'}" for group, count in sorted(silent.items()))
        raise NotAskableError(
            f"benchmark {items[0].source}: items that lack a part of what is to be asked: {parts}. Name one "
            "of the other parts, as NAME/PART=FOLDER, or make the answers yourself and give --answers"
        )
