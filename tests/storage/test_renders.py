"""The render cache: what is known is found, what depended on load is not."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from storage.home import Home
from storage.outputs import write_output
from storage.renders import RenderIndex, RenderPlace, read_renders, render_key
from storage.schemas import REJECT_SCHEMA, RENDERS_SCHEMA


def put_output(home: Home, name: str, reasons: dict[str, str | None]) -> str:
    """Write an output with these renders; return its key."""
    rows = [
        {
            "render_key": key,
            "reason": reason,
            "detail": "",
            "image_width": 1,
            "image_height": 1,
            "render_seconds": 0.5,
            "notes": [],
            "png": key.encode(),
        }
        for key, reason in reasons.items()
    ]
    nothing = REJECT_SCHEMA.empty_table()
    return write_output(
        home,
        stage="render",
        version=1,
        parameters={"name": name},
        inputs=[],
        source="own",
        shard=0,
        rows_in=0,
        seconds=0.0,
        kept=nothing,
        rejected=nothing,
        extra={"renders": pa.Table.from_pylist(rows, RENDERS_SCHEMA)},
    ).key


def test_known_programs_are_found_in_the_output_that_ran_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    a = put_output(home, "a", {"k1": None, "k2": "render.error"})
    index = RenderIndex(home)
    assert index.find(["k1", "k2", "k3"]) == {"k1": RenderPlace(a, 0), "k2": RenderPlace(a, 1)}
    b = put_output(home, "b", {"k3": None})
    assert index.find(["k3"]) == {"k3": RenderPlace(b, 0)}


def test_a_damaged_output_is_not_in_the_cache_until_it_is_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    a = put_output(home, "a", {"k1": None, "k2": None})
    path = tmp_path / f"stages/render/{a}/renders.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    index = RenderIndex(home)
    assert index.find(["k1"]) == {}
    b = put_output(home, "b", {"k1": None})
    assert index.find(["k1"]) == {"k1": RenderPlace(b, 0)}
    assert put_output(home, "a", {"k1": None, "k2": None}) == a
    assert (tmp_path / f"damaged/stages/render/{a}-1/renders.parquet").read_bytes() == bytes(data)
    assert index.find(["k2"]) == {"k2": RenderPlace(a, 1)}


def test_reasons_that_depend_on_load_or_limits_are_asked_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    a = put_output(home, "a", {"k1": "render.timeout", "k2": None, "k3": "render.too_large"})
    assert RenderIndex(home).find(["k1", "k2", "k3"]) == {"k2": RenderPlace(a, 1)}


def test_an_unfinished_output_is_not_in_the_cache(tmp_path: Path) -> None:
    home = Home(tmp_path)
    a = put_output(home, "a", {"k1": None})
    (tmp_path / f"stages/render/{a}/done.json").unlink()
    assert RenderIndex(home).find(["k1"]) == {}


def test_rows_are_read_across_row_groups(tmp_path: Path) -> None:
    home = Home(tmp_path)
    a = put_output(home, "a", {f"k{number}": None for number in range(600)})
    places = [RenderPlace(a, row) for row in (0, 255, 256, 599)]
    found = read_renders(home, places, ["png"])
    assert [found[place]["png"] for place in places] == [b"k0", b"k255", b"k256", b"k599"]


def test_key_tells_language_code_and_fingerprint_apart() -> None:
    keys = {
        render_key("svg", "x", "f"),
        render_key("html", "x", "f"),
        render_key("svg", "y", "f"),
        render_key("svg", "x", "g"),
    }
    assert len(keys) == 4
