"""The render cache: what is known is found, what depended on load is not."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from storage.home import Home
from storage.outputs import write_table
from storage.renders import RenderIndex, RenderPlace, read_renders, render_key
from storage.schemas import RENDERS_SCHEMA


def put_output(home: Home, name: str, reasons: dict[str, str | None]) -> None:
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
    table = pa.Table.from_pylist(rows, RENDERS_SCHEMA)
    write_table(home, f"stages/render/{name}/renders.parquet", table)
    home.write_bytes(f"stages/render/{name}/done.json", b"{}")


def test_known_programs_are_found_in_the_output_that_ran_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put_output(home, "a", {"k1": None, "k2": "render.error"})
    index = RenderIndex(home)
    assert index.find(["k1", "k2", "k3"]) == {"k1": RenderPlace("a", 0), "k2": RenderPlace("a", 1)}
    put_output(home, "b", {"k3": None})
    assert index.find(["k3"]) == {"k3": RenderPlace("b", 0)}


def test_reasons_that_depend_on_load_are_asked_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put_output(home, "a", {"k1": "render.timeout", "k2": None})
    assert RenderIndex(home).find(["k1", "k2"]) == {"k2": RenderPlace("a", 1)}


def test_an_unfinished_output_is_not_in_the_cache(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put_output(home, "a", {"k1": None})
    (tmp_path / "stages/render/a/done.json").unlink()
    assert RenderIndex(home).find(["k1"]) == {}


def test_rows_are_read_across_row_groups(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put_output(home, "a", {f"k{number}": None for number in range(600)})
    places = [RenderPlace("a", row) for row in (0, 255, 256, 599)]
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
