"""A contact sheet of an evaluation: its best, median and worst answers, each beside its reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vincicoder.contact_sheet import SheetEntry, contact_sheet, message_picture

_OF_EACH = 4
_COLUMNS = 4  # two pairs a line


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One answer on the sheet. `place` is best, median or worst; pictures are PNG, or None."""

    place: str
    item_id: str
    score: float
    reference: bytes | None
    answer: bytes | None
    reason: str


def chosen_for_sheet(scores: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return (place, item) of the items to show: four of each place, fewer where there are fewer items."""
    order = sorted(scores, key=lambda item: (-scores[item], item))
    middle = max(0, (len(order) - _OF_EACH) // 2)
    groups = (
        ("best", order[:_OF_EACH]),
        ("median", order[middle : middle + _OF_EACH]),
        ("worst", order[-_OF_EACH:]),
    )
    shown: dict[str, str] = {}
    for place, items in groups:
        for item in items:
            shown.setdefault(item, place)
    return [(place, item) for item, place in shown.items()]


def answer_sheet(items: Sequence[SheetItem]) -> bytes:
    """Return a PNG with two cells an item: the reference, and the answer or why there is none."""
    entries = []
    for item in items:
        reference = item.reference or message_picture("the reference draws nothing here")
        answer = item.answer or message_picture(item.reason)
        entries.append(SheetEntry(reference, f"{item.place}: reference", item.item_id))
        entries.append(SheetEntry(answer, f"{item.place}: answer, ssim {item.score:.3f}", item.reason))
    return contact_sheet(entries, _COLUMNS)
