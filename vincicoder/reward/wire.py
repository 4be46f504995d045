"""How batches travel to a reward service: JSON, each distinct reference once, by its hash."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vincicoder.reward.breakdown import Breakdown, RewardError
from vincicoder.reward.items import RewardItem, as_item, read_reference


def pack_rows(rows: Sequence[RewardItem | Mapping[str, Any]]) -> tuple[dict[str, Any], dict[int, str]]:
    """Return the request for those rows that can be sent, and what is wrong with the others.

    Reference files are read here: the service need not see this machine's disk.
    """
    references: dict[str, str] = {}
    packed: list[dict[str, Any]] = []
    failures: dict[int, str] = {}
    for index, row in enumerate(rows):
        try:
            item = as_item(row)
            sha256, data = read_reference(item.reference)
        except (OSError, TypeError, ValueError) as error:
            failures[index] = str(error)
            continue
        if sha256 not in references:
            references[sha256] = base64.b64encode(data).decode()
        packed.append(
            {
                "index": index,
                "response": item.response,
                "language": item.language,
                "reference": sha256,
                "ground_truth": item.ground_truth,
                "stack": item.stack,
                "data": item.data,
            }
        )
    return {"references": references, "items": packed}, failures


def in_parts(request: Mapping[str, Any], most_bytes: int) -> Iterator[dict[str, Any]]:
    """Yield a request as requests of at most `most_bytes` of references and responses, or of one row."""
    items: list[Mapping[str, Any]] = []
    references: dict[str, str] = {}
    size = 0
    for item in request["items"]:
        name = item["reference"]
        added = (
            len(item["response"])
            + len(item["data"])
            + (0 if name in references else len(request["references"][name]))
        )
        if items and size + added > most_bytes:
            yield {"references": references, "items": items}
            items, references, size = [], {}, 0
            added = len(item["response"]) + len(item["data"]) + len(request["references"][name])
        items.append(item)
        references[name] = request["references"][name]
        size += added
    yield {"references": references, "items": items}


def unpack_rows(references: Mapping[str, str], items: Sequence[Mapping[str, Any]]) -> list[RewardItem]:
    """Return a request's rows. Raises KeyError for a reference not sent, ValueError for one not in base64."""
    decoded = {sha256: base64.b64decode(text, validate=True) for sha256, text in references.items()}
    return [
        RewardItem(
            item["response"],
            decoded[item["reference"]],
            item["language"],
            item.get("ground_truth"),
            item.get("stack") or "",
            item.get("data") or "",
        )
        for item in items
    ]


def pack_answer(breakdowns: Sequence[Breakdown | None], failures: Mapping[int, str]) -> dict[str, Any]:
    """Return the answer to a request: positions are those in the request."""
    return {
        "breakdowns": [asdict(breakdown) if breakdown else None for breakdown in breakdowns],
        "failures": {str(place): what for place, what in failures.items()},
    }


def unpack_answer(
    count: int, request: Mapping[str, Any], answer: Mapping[str, Any], failures: dict[int, str]
) -> list[Breakdown]:
    """Put an answer's breakdowns where their rows were. Raises RewardError where rows failed."""
    found: list[Breakdown | None] = [None] * count
    for place, (item, breakdown) in enumerate(zip(request["items"], answer["breakdowns"], strict=True)):
        if breakdown is None:
            failures[item["index"]] = answer["failures"][str(place)]
        else:
            found[item["index"]] = Breakdown(**breakdown)
    if failures:
        raise RewardError(failures, found)
    return [breakdown for breakdown in found if breakdown is not None]
