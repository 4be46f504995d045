"""A contact sheet of refinement samples: each target beside what its flawed code draws."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from storage.outputs import read_output
from storage.renders import RenderPlace, read_renders
from vincicoder.contact_sheet import SheetEntry, contact_sheet, interleaved, message_picture
from vincicoder.sample import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

_COLUMNS = (
    "sample_id", "task", "domain", "language", "flaw_kinds", "flaw_detail", "flaw_error", "flaw_similarity",
    "difficulty", "render_output", "render_row", "flawed_output", "flawed_row",
)  # fmt: skip
_PAIRS_A_ROW = 4


def flaw_sheet(home: Home, outputs: Sequence[StageOutput], pairs: int) -> bytes:
    """Return a PNG of `pairs` refinement rows, spread over domains and kinds, chosen by their ids' hashes.

    `outputs` are those of the refine stage or of a later one. Raises ValueError where there are none.
    """
    groups: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for output in outputs:
        for row in read_output(home, output, columns=_COLUMNS).to_pylist():
            if row["task"] == Task.REFINE.value:
                groups[row["domain"]]["+".join(row["flaw_kinds"])].append(row)
    if not groups:
        raise ValueError("there are no refinement rows to show")
    chosen = interleaved([interleaved(_ranked(kinds)) for _, kinds in sorted(groups.items())])[:pairs]
    entries = [entry for row in chosen for entry in _pair(home, row)]
    return contact_sheet(entries, columns=2 * _PAIRS_A_ROW)


def _ranked(kinds: dict[str, list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    def rank(row: dict[str, Any]) -> str:
        return hashlib.sha256(f"flaws\0{row['sample_id']}".encode()).hexdigest()

    sorted_groups = [sorted(rows, key=rank) for rows in kinds.values()]
    return sorted(sorted_groups, key=lambda rows: rank(rows[0]))


def _pair(home: Home, row: dict[str, Any]) -> tuple[SheetEntry, SheetEntry]:
    target = RenderPlace(row["render_output"], row["render_row"])
    flawed = RenderPlace(row["flawed_output"], row["flawed_row"])
    images = read_renders(home, [target, flawed], ["png"])
    similarity = row["flaw_similarity"]
    history = (
        f"{row['difficulty']}, SSIM {similarity:.2f}"
        if similarity is not None
        else f"{row['difficulty']}, fails"
    )
    return (
        SheetEntry(images[target]["png"], f"{row['domain']} · {row['language']}", f"target; {history}"),
        SheetEntry(
            images[flawed]["png"] or message_picture(row["flaw_error"]),
            "+".join(row["flaw_kinds"]),
            row["flaw_detail"],
        ),
    )
