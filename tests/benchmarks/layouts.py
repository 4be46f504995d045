"""Writes small benchmarks of our own content in each of the published layouts."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
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
    other = {"q_text": "Which colour?", "a_text": "blue", "image_path": "png/a.png", "type": "ISVGUN_color"}
    files = {"test.json": [row, other], "train.json": [{**row, "id": "no item"}]}
    _files(folder, {name: json.dumps(rows) for name, rows in files.items()})
    _files(folder, {"images/png/a.png": picture()})


def svg_bench(folder: Path) -> None:
    for split in ("test", "train"):
        path = folder / f"svg-stack/data/{split}-00000-of-00001.parquet"
        _parquet(path, Filename=["a.svg"], Svg=[CODE["svg"]])


def datikz(folder: Path) -> None:
    _parquet(
        folder / "data/test.parquet", caption=["roof"], code=[CODE["latex"]], image=[_hub_image()], uri=["u"]
    )


def datikz_v4(folder: Path) -> None:
    _parquet(folder / "test.parquet", file_id=["u"], tikz_code=[CODE["latex"]], png_image=[picture()])


def image2struct(folder: Path) -> None:
    _parquet(
        folder / "equation/validation-00000-of-00001.parquet",
        structure=[CODE["latex"]],
        text=["roof"],
        image=[_hub_image()],
        category=["'equation'"],
        uuid=['"u"'],
        difficulty=["easy"],
    )
    _parquet(folder / "equation/test-00000-of-00001.parquet", text=["held back"], image=[_hub_image()])


def image2struct_webpage(folder: Path) -> None:
    _parquet(
        folder / "image2struct-webpage-v1/wild/validation-00000-of-00001.parquet",
        structure=["H4sIAAAA"],
        text=["Bakery"],
        image=[_hub_image()],
        uuid=["w"],
        difficulty=["hard"],
    )


def image2struct_music(folder: Path) -> None:
    _parquet(folder / "music/validation-00000-of-00001.parquet", image=[_hub_image()], uuid=["m"])


def visplotbench(folder: Path) -> None:
    _parquet(
        folder / "vegalite/test-00000-of-00001.parquet",
        id=["1"],
        task__plot_description=["Rain."],
        task__plot_style=["Plain."],
        data=["side,rain"],
        used_lib=[["vega-lite"]],
        vis_cate=["Bars"],
        subtype=["bar"],
        image=[_hub_image()],
    )


def chartmimic_customized(folder: Path) -> None:
    lines = ["index\ttask\tinput_figure\tground_truth_figure_code\tground_truth_figure\tquestion"]
    lines.append(
        "7\tCustomized Mimic\tv2/customized_600/bar_1.png\tv2/customized_600/bar_1_edit.py\t"
        "v2/customized_600/bar_1_edit.png\t<image>Draw rain = [3, 9, 4, 7] like this."
    )
    _files(
        folder,
        {
            "ChartMimic_v2_customized_600.tsv": "\n".join(lines),
            "v2/customized_600/bar_1.png": picture(3),
            "v2/customized_600/bar_1_edit.png": picture(),
            "v2/customized_600/bar_1_edit.py": CODE["python"],
        },
    )


def design2code_hard(folder: Path) -> None:
    _files(folder, {"g7.html": CODE["html"], "g7.png": picture(), "rick.jpg": picture(4)})


def chart2code(folder: Path) -> None:
    row = {"task_id": 1, "input image": "level1_direct/bar_1.png", "GT code": "level1_direct/bar_1.py"}
    _files(
        folder,
        {
            "data/level1_direct.json": json.dumps([row]),
            "data/level1_direct/bar_1.png": picture(),
            "data/level1_direct/bar_1.py": CODE["python"],
        },
    )


def chart2code_edited(folder: Path) -> None:
    row = {
        "task_id": 9,
        " input image": "level2/bar_1.png",
        "instruction": "level2/bar_1_v1_instruction.txt",
        "GT image": "level2/bar_1_v1.png",
        "GT code": "level2/bar_1_v1.py",
    }
    _files(
        folder,
        {
            "data/level2.json": json.dumps([row]),
            "data/level2/bar_1.png": picture(3),
            "data/level2/bar_1_v1.png": picture(),
            "data/level2/bar_1_v1.py": CODE["python"],
            "data/level2/bar_1_v1_instruction.txt": "Make the bars teal.",
        },
    )


def chart2code_table(folder: Path) -> None:
    _parquet(
        folder / "data/level1_direct/train-00000-of-00001.parquet",
        task_id=["1"],
        input_chart_image=[_hub_image()],
        sample_id=["bar_1"],
        chart_type=["bar"],
        target_chart_image_file=["bar_1.png"],
        python_code=[CODE["python"]],
        difficulty=["Level1"],
    )


def realchart2code(folder: Path) -> None:
    data = "data/selected_chart2code_benchmark_data"
    task = {
        "task_file": f"/home/someone/{data}/rain/task_simple_data.json",
        "data_directory": f"/home/someone/{data}/rain",
        "image_path": f"/home/someone/{data}/rain/refined_plot_simple.png",
        "category": "Comparison",
        "instruction": "Bars by side.",
        "difficulty": "simple",
    }
    _files(
        folder,
        {
            "data/data_task1_task2.json": json.dumps({"rain_simple": task}),
            f"{data}/rain/refined_plot_simple.png": picture(),
            f"{data}/rain/task_simple_data.json": "## Category\nComparison",
            f"{data}/rain/generated_code_simple.py": "print('not the reference')",
        },
    )


def omni_i2c(folder: Path) -> None:
    cells = {
        "index": "12",
        "image": base64.b64encode(picture()).decode(),
        "question": "Write it.",
        "answer": f"```latex\n{CODE['latex']}\n```",
        "code_type": "LaTeX_TikZ",
        "subject": "Math",
        "figure_type": "Geometry",
    }
    with (folder / "Image2Code_Full.tsv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(cells), delimiter="\t")
        writer.writeheader()
        writer.writerow(cells)


def omni_i2c_molecule(folder: Path) -> None:
    row = {"index": 3, "answer": "CCO", "code_type": "smiles", "subject": "Chemistry"}
    _files(folder, {"molecules.jsonl": json.dumps(row)})


def vision2code(folder: Path) -> None:
    rows = [
        {
            "split": split,
            "question_folder": "ChartQA_1",
            "image_path": f"images/{split}/1.png",
            "category": "Charts&Plots",
            "source_dataset": "ChartQA",
        }
        for split in ("test", "test_mini")
    ]
    _files(
        folder,
        {
            "manifest.jsonl": "\n".join(json.dumps(row) for row in rows),
            "manifest.csv": "split,image_path",
            "images/test/1.png": picture(),
            "images/test_mini/1.png": picture(),
        },
    )


def sarena(folder: Path) -> None:
    row = {"id": 4, "image": "images/4.png", "conversations": [{"from": "human", "value": "<image>Draw."}]}
    _files(
        folder,
        {
            "SArena/Icon/generation/img2svg.jsonl": json.dumps(row),
            "SArena/Icon/generation/text2svg.jsonl": json.dumps({"id": 4, "conversations": []}),
            "SArena/Icon/generation/images/4.png": picture(),
            "SArena/Icon/generation/svg/4.svg": CODE["svg"],
        },
    )


def webcode2m_test(folder: Path) -> None:
    _parquet(folder / "short.parquet", image=[_hub_image()], text=[CODE["html"]], hash=["h"])


def molecules(folder: Path) -> None:
    _files(folder, {"set.csv": "id,smiles\nethanol,CCO\n"})


ETHANOL = """from rdkit import Chem
from rdkit.Chem import Draw

molecule = Chem.MolFromSmiles('CCO')
Draw.MolToFile(molecule, "molecule.png", size=(400, 300))
"""


@dataclass(frozen=True)
class Layout:
    """A published layout: what writes it, and the one item that it gives.

    `item` is its id; `code` is None where the layout has none; `parts` are group, difficulty and chart type.
    """

    write: Callable[[Path], None]
    item: str
    language: str
    domain: str
    parts: tuple[str, str, str] = ("", "", "")
    code: str | None = ""
    pictured: bool = True
    request: str | None = None
    shown: tuple[bytes, ...] = ()

    @property
    def expected_code(self) -> str | None:
        return CODE[self.language] if self.code == "" else self.code


LAYOUTS: dict[str, list[Layout]] = {
    "chartmimic": [
        Layout(chartmimic, "ori_500/bar_1", "python", "chart", ("ori_500", "", "bar")),
        Layout(chartmimic_table, "direct_600/bar_1", "python", "chart", ("direct_600", "", "bar")),
        Layout(
            *(chartmimic_customized, "7", "python", "chart", ("customized_600", "", "")),
            request="<image>Draw rain = [3, 9, 4, 7] like this.",
            shown=(picture(3),),
        ),
    ],
    "plot2code": [
        Layout(
            *(plot2code, "python_matplotlib/ground_truth_image_0", "python", "chart"),
            ("python_matplotlib", "", ""),
        ),
        Layout(plot2code_pairs, "7", "python", "chart"),
    ],
    "chartx": [
        Layout(chartx, "bar_1", "python", "chart", ("", "", "bar_chart")),
        Layout(chartx_folders, "bar_chart/bar_1", "python", "chart", ("", "", "bar_chart")),
    ],
    "chart2code": [
        Layout(*(chart2code, "level1_direct/bar_1", "python", "chart"), ("level1_direct", "level1", "bar")),
        Layout(
            *(chart2code_edited, "level2/bar_1_v1", "python", "chart", ("level2", "level2", "bar")),
            request="Make the bars teal.",
            shown=(picture(3),),
        ),
        Layout(
            *(chart2code_table, "level1_direct/bar_1", "python", "chart"),
            ("level1_direct", "level1", "bar"),
        ),
    ],
    "realchart2code": [
        Layout(realchart2code, "rain_simple", "python", "chart", ("", "simple", "Comparison"), code=None)
    ],
    "design2code": [
        Layout(design2code, "testset_final/2", "html", "web", ("", "normal", "")),
        Layout(design2code_table, "", "html", "web", ("", "normal", "")),
        Layout(design2code_hard, "g7", "html", "web", ("", "hard", "")),
    ],
    "webcode2m": [
        Layout(webcode2m, "h", "html", "web"),
        Layout(webcode2m_test, "short/h", "html", "web", ("short", "short", "")),
    ],
    "unisvg": [Layout(unisvg, "a", "svg", "svg")],
    "svg-bench": [Layout(svg_bench, "svg-stack/a.svg", "svg", "svg", ("svg-stack", "", ""), pictured=False)],
    "sarena": [Layout(sarena, "Icon/4", "svg", "svg", ("Icon", "", ""))],
    "datikz": [Layout(datikz, "u", "latex", "latex"), Layout(datikz_v4, "u", "latex", "latex")],
    "image2struct": [
        Layout(image2struct, "equation/u", "latex", "latex", ("equation", "easy", "")),
        Layout(image2struct_webpage, "wild/w", "html", "web", ("wild", "hard", ""), code=None),
        Layout(image2struct_music, "music/m", "lilypond", "diagram", ("music", "", ""), code=None),
    ],
    "visplotbench": [
        Layout(visplotbench, "vegalite/1", "vega-lite", "chart", ("vegalite", "", "Bars"), code=None)
    ],
    "omni-i2c": [
        Layout(omni_i2c, "12", "latex", "latex", ("", "", "Geometry")),
        Layout(omni_i2c_molecule, "3", "python", "molecule", code=ETHANOL, pictured=False),
    ],
    "vision2code": [
        Layout(vision2code, "test/ChartQA_1", "python", "chart", ("test", "", "ChartQA"), code=None)
    ],
    "molecules": [Layout(molecules, "ethanol", "python", "molecule", code=ETHANOL, pictured=False)],
}
"""For each benchmark its layouts."""
