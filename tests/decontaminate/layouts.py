"""Writes small benchmarks of our own content in each of the published layouts."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageDraw

PLOT = """import matplotlib.pyplot as plt
heights = [{values}]
names = ['north', 'east', 'south', 'west']
fig, ax = plt.subplots(figsize=(5, 4))
ax.bar(names, heights, color='{colour}')
ax.set_ylabel('Rainfall in mm')
ax.set_title('Rain by side of the hill')
fig.savefig('out.png')
"""
CODE = {
    "python": PLOT.format(values="3, 9, 4, 7", colour="teal"),
    "html": "<!DOCTYPE html><html><body><h1>Bakery</h1>"
    "<p>Open from six to noon, closed on Monday.</p></body></html>",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">'
    '<path d="M3 4L20 30L41 7Z" fill="#248"/>'
    '<circle cx="44" cy="28" r="9" fill="#c52"/></svg>',
    "latex": r"\documentclass[tikz]{standalone}\begin{document}\begin{tikzpicture}"
    r"\draw[thick] (0,0) -- (2,1.5) -- (3,0) -- cycle; \node at (1.4,.5) {roof};"
    r"\end{tikzpicture}\end{document}",
}


def picture(seed: int = 0, size: tuple[int, int] = (320, 240)) -> bytes:
    """A drawing that differs with its seed, as PNG."""
    image = Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    for step in range(6):
        left, top = (37 * step * (seed + 3)) % 260, (53 * step * (seed + 2)) % 180
        colour = ((40 * step + 90 * seed) % 256, 200 - 30 * step, (70 * seed) % 256)
        draw.rectangle([left, top, left + 55, top + 45], fill=colour)
    buffer = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


def _parquet(path: Path, **columns: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def _files(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def _hub_image() -> dict[str, Any]:
    return {"bytes": picture(), "path": "1.png"}


def chartmimic(folder: Path) -> None:
    _files(
        folder,
        {
            "dataset/ori_500/bar_1.py": CODE["python"],
            "dataset/ori_500/bar_1.png": picture(),
            "dataset/ori_500/bar_1.pdf": b"%PDF-1.4",
            "dataset/easy_list.json": json.dumps(["bar_1"]),
        },
    )


def chartmimic_table(folder: Path) -> None:
    _parquet(
        folder / "direct_600/test.parquet",
        ExampleID=["bar_1"],
        Instruction=["Draw it again."],
        GroundTruthFigureCode=[CODE["python"]],
        GroundTruthFigure=[_hub_image()],
    )


def plot2code(folder: Path) -> None:
    rows = [{"file_name": "ground_truth_image_0.png", "code": CODE["python"], "url": "a", "instruction": "b"}]
    _files(
        folder,
        {
            "data/python_matplotlib/test/metadata.jsonl": "\n".join(json.dumps(row) for row in rows),
            "data/python_matplotlib/test/ground_truth_image_0.png": picture(),
        },
    )


def plot2code_pairs(folder: Path) -> None:
    _files(folder, {"ground_truth_code_7.py": CODE["python"], "ground_truth_image_7.png": picture()})


def chartx(folder: Path) -> None:
    row = {
        "chart_type": "bar_chart",
        "imgname": "bar_1",
        "img": "./bar_chart/png/bar_1.png",
        "redrawing": {"output": f"```python\n{CODE['python']}```"},
    }
    _files(
        folder,
        {"ChartX_annotation.json": json.dumps([row]), "bar_chart/png/bar_1.png": picture()},
    )


def chartx_folders(folder: Path) -> None:
    _files(folder, {"bar_chart/png/bar_1.png": picture(), "bar_chart/code/bar_1.txt": CODE["python"]})


def design2code(folder: Path) -> None:
    _files(
        folder,
        {"testset_final/2.png": picture(), "testset_final/2.html": CODE["html"]},
    )


def design2code_table(folder: Path) -> None:
    _parquet(folder / "data/train.parquet", image=[_hub_image()], text=[CODE["html"]])


def webcode2m(folder: Path) -> None:
    _parquet(
        folder / "data/test-0.parquet", image=[_hub_image()], bbox=["[]"], text=[CODE["html"]], hash=["h"]
    )


def unisvg(folder: Path) -> None:
    row = {"q_text": "Draw it.", "a_text": CODE["svg"], "image_path": "png/a.png", "type": "ISVGEN"}
    _files(folder, {"test.json": json.dumps([row]), "images/png/a.png": picture()})


def svg_bench(folder: Path) -> None:
    _parquet(folder / "svg-stack/data/test.parquet", Filename=["a.svg"], Svg=[CODE["svg"]])


def datikz(folder: Path) -> None:
    _parquet(
        folder / "data/test.parquet", caption=["roof"], code=[CODE["latex"]], image=[_hub_image()], uri=["u"]
    )


def datikz_v4(folder: Path) -> None:
    _parquet(folder / "test.parquet", file_id=["u"], tikz_code=[CODE["latex"]], png_image=[picture()])


def image2struct(folder: Path) -> None:
    _parquet(
        folder / "equation/validation.parquet",
        structure=["-"],
        text=[CODE["latex"]],
        image=[_hub_image()],
        uuid=["u"],
    )


def visplotbench(folder: Path) -> None:
    _parquet(
        folder / "latex/test.parquet",
        id=["1"],
        task__plot_description=["A roof."],
        data=["none"],
        code=[CODE["latex"]],
        image=[_hub_image()],
    )


LAYOUTS: dict[str, list[tuple[Callable[[Path], None], str, bool]]] = {
    "chartmimic": [(chartmimic, "python", True), (chartmimic_table, "python", True)],
    "plot2code": [(plot2code, "python", True), (plot2code_pairs, "python", True)],
    "chartx": [(chartx, "python", True), (chartx_folders, "python", True)],
    "design2code": [(design2code, "html", True), (design2code_table, "html", True)],
    "webcode2m": [(webcode2m, "html", True)],
    "unisvg": [(unisvg, "svg", True)],
    "svg-bench": [(svg_bench, "svg", False)],
    "datikz": [(datikz, "latex", True), (datikz_v4, "latex", True)],
    "image2struct": [(image2struct, "latex", True)],
    "visplotbench": [(visplotbench, "latex", True)],
}
"""For each benchmark its layouts: what writes it, the language of its item, and whether it has a picture."""
