"""The signatures of a benchmark's items, as one compact table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa
from PIL import Image, UnidentifiedImageError

from vincicoder.dedup.minhash import minhash, program_shingles
from vincicoder.dedup.normal_form import normal_sha256
from vincicoder.orientation import upright
from vincicoder.render.finish import flatten_on_white, measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vincicoder.benchmarks import Item

# Larger pictures are no benchmark's: they would fill the memory.
_MAX_PIXELS = 100_000_000

BENCHMARK_COLUMNS = pa.schema(
    [
        pa.field("benchmark", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        # Null where the item has no code, or no picture that can be read.
        pa.field("normal_sha256", pa.string()),
        pa.field("code_minhash", pa.binary(256)),
        pa.field("unnamed_minhash", pa.binary(256)),
        pa.field("code_shingles", pa.list_(pa.uint64())),
        pa.field("unnamed_shingles", pa.list_(pa.uint64())),
        pa.field("phash", pa.uint64()),
        pa.field("thumbnail", pa.binary()),
    ]
)


def index_items(benchmark: str, items: Iterable[Item]) -> pa.Table:
    """Return the signatures of all items: see `BENCHMARK_COLUMNS`."""
    rows = []
    for item in items:
        row: dict[str, object] = {"benchmark": benchmark, "item": item.item}
        if item.code is not None:
            shingles = program_shingles(item.code, item.language)
            code, unnamed = minhash([shingles.code, shingles.unnamed])
            row |= {
                "normal_sha256": normal_sha256(item.code, item.language),
                "code_minhash": code.astype("<u2").tobytes(),
                "unnamed_minhash": unnamed.astype("<u2").tobytes(),
                "code_shingles": shingles.code,
                "unnamed_shingles": shingles.unnamed,
            }
        if item.image is not None:
            row |= _picture(item.image)
        rows.append(row)
    return pa.Table.from_pylist(rows, BENCHMARK_COLUMNS)


def _picture(image: bytes) -> dict[str, object]:
    try:
        with Image.open(io.BytesIO(image)) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return {}
            measures = measure(flatten_on_white(upright(picture)))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return {}
    return {"phash": measures.phash, "thumbnail": measures.thumbnail}
