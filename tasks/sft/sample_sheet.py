"""The contact sheet of a release: pictures spread evenly over domains and sources."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from typing import TYPE_CHECKING

from storage.ahead import read_outputs
from storage.outputs import read_output
from storage.renders import RenderPlace, read_renders
from vincicoder.contact_sheet import SheetEntry, contact_sheet, interleaved

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from storage.home import Home
    from storage.outputs import StageOutput

_PICTURES = 20

# Where a row is: (rank by hash of its id, number of the shard, row in the shard).
_Place = tuple[str, int, int]


def sample_sheet(home: Home, composed: Sequence[StageOutput]) -> bytes:
    """Return a PNG of released pictures, chosen by the hash of their ids: the same every time."""
    by_domain: dict[str, dict[str, list[_Place]]] = defaultdict(lambda: defaultdict(list))
    tables = read_outputs(home, composed, columns=["sample_id", "domain", "source"])
    for number, table in enumerate(tables):
        columns = table.to_pydict()
        rows = zip(columns["domain"], columns["source"], columns["sample_id"], strict=True)
        for row, (domain, source, sample_id) in enumerate(rows):
            rank = hashlib.sha256(f"sheet\0{sample_id}".encode()).hexdigest()
            group = by_domain[domain][source]
            group.append((rank, number, row))
            if len(group) > 10 * _PICTURES:
                group[:] = heapq.nsmallest(_PICTURES, group)
    domains = [
        interleaved(sorted(by_domain[domain][source]) for source in sorted(by_domain[domain]))
        for domain in sorted(by_domain)
    ]
    return contact_sheet(
        [_entry(home, composed[number], row) for _, number, row in interleaved(domains)[:_PICTURES]]
    )


def read_images(home: Home, rows: pa.Table) -> list[bytes]:
    """Return the PNG of each row, found by its `render_output` and `render_row`: the one that was verified,
    as an output's files are compared with their hashes when it is first used."""
    pairs = zip(rows["render_output"].to_pylist(), rows["render_row"].to_pylist(), strict=True)
    places = [RenderPlace(output, row) for output, row in pairs]
    found = read_renders(home, places, ["png"])
    return [found[place]["png"] for place in places]


def _entry(home: Home, output: StageOutput, row: int) -> SheetEntry:
    one = read_output(home, output).slice(row, 1)
    values = one.select(["domain", "language", "source"]).to_pylist()[0]
    return SheetEntry(
        read_images(home, one)[0], f"{values['domain']} · {values['language']}", values["source"]
    )
