"""The contact sheet of a release: pictures spread evenly over domains and sources."""

from __future__ import annotations

import hashlib
import heapq
import io
import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PIL import Image

from storage.outputs import DamagedOutputError, read_output
from storage.renders import RenderPlace, name_of_output, read_renders
from vincicoder.contact_sheet import SheetEntry, contact_sheet, interleaved
from vincicoder.render.finish import flatten_on_white, hash_pixels

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
    for number, output in enumerate(composed):
        columns = read_output(home, output, columns=["sample_id", "domain", "source"]).to_pydict()
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
    """Return the PNG of each row, found by its `render_output` and `render_row`.

    Raises `DamagedOutputError` where its pixels are not those that `pixels_sha256` names.
    """
    pairs = zip(rows["render_output"].to_pylist(), rows["render_row"].to_pylist(), strict=True)
    places = [RenderPlace(output, row) for output, row in pairs]
    found = read_renders(home, places, ["png"])
    images: list[bytes] = [found[place]["png"] for place in places]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoding lets go of the interpreter's lock
        digests = list(pool.map(_pixels_sha256, images))
    stated = zip(rows["sample_id"].to_pylist(), rows["pixels_sha256"].to_pylist(), strict=True)
    for (sample_id, expected), digest, place in zip(stated, digests, places, strict=True):
        if digest != expected:
            raise DamagedOutputError(
                f"the picture of {sample_id}, row {place.row} of {name_of_output(place.output)}, is not "
                "the one that was verified: nothing was published; run again"
            )
    return images


def _pixels_sha256(png: bytes) -> str:
    try:
        with Image.open(io.BytesIO(png)) as image:
            return hash_pixels(flatten_on_white(image))
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for bytes that are no picture
        return f"not decoded: {error}"


def _entry(home: Home, output: StageOutput, row: int) -> SheetEntry:
    one = read_output(home, output).slice(row, 1)
    values = one.select(["domain", "language", "source"]).to_pylist()[0]
    return SheetEntry(
        read_images(home, one)[0], f"{values['domain']} · {values['language']}", values["source"]
    )
