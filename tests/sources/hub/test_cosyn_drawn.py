"""CoSyn: a row of each configuration, in each of its languages, is read and really drawn."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.sources.hub.published import png, read, write_parquet
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.render.registry import why_unsupported

_CSV = "month,sales\nJan,3\nFeb,5\nMar,4\n"
_TREE = json.dumps({"title": "Order", "steps": ["take", "cook", "serve"], "note": "a \"quoted\" 'word'"})

_PLOT = """import matplotlib.pyplot as plt
import pandas as pd
from io import BytesIO
from PIL import Image

def generate_plot(df: pd.DataFrame):
    fig, ax = plt.subplots(figsize=(4, 3))
    ax.bar(df["month"], df["sales"], color="teal")
    buffer = BytesIO()
    fig.savefig(buffer, format="png")
    buffer.seek(0)
    return Image.open(buffer)
"""
_PLOTLY = """import io
import plotly.graph_objects as go
from PIL import Image

def generate_plot(df):
    fig = go.Figure(go.Bar(x=df["month"], y=df["sales"]))
    picture = fig.to_image(format="png", width=500, height=400)
    return Image.open(io.BytesIO(picture))
"""
_VEGA = json.dumps(
    {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"url": "data.csv"},
        "mark": "bar",
        "encoding": {
            "x": {"field": "month", "type": "nominal"},
            "y": {"field": "sales", "type": "quantitative"},
        },
    }
)
_PAGE = """<!DOCTYPE html>
<html><head><style>td {{ border: 1px solid black; background: #fc8 }}</style></head>
<body><h1>{}</h1><table><tr><td>one</td><td>two</td></tr></table></body></html>
"""
_GRAPHVIZ = """import graphviz
from io import BytesIO
from PIL import Image

def generate_diagram(data):
    dot = graphviz.Digraph(comment=data["title"], format="png")
    dot.attr(rankdir="LR", label=data["note"])
    for step in data["steps"]:
        dot.node(step, shape="box", style="filled", fillcolor="lightblue")
    for before, after in zip(data["steps"], data["steps"][1:]):
        dot.edge(before, after)
    return Image.open(BytesIO(dot.pipe()))
"""
_GRAPH_FILE = """from graphviz import Digraph

def generate_diagram(data):
    dot = Digraph(engine="circo")
    dot.edges([("a", "b"), ("b", "c"), ("c", "a")])
    dot.render("/tmp/diagram", format="png", cleanup=True)
"""
_GRAPH_RETURNED = _GRAPH_FILE.replace(
    '    dot.render("/tmp/diagram", format="png", cleanup=True)', "    return dot"
)
_GRAPH_ENCODED = _GRAPH_FILE.replace(
    'dot.render("/tmp/diagram", format="png", cleanup=True)', 'return dot.pipe(format="png")'
)
_GRAPH_SOURCE = _GRAPH_FILE.replace(
    'dot.render("/tmp/diagram", format="png", cleanup=True)', "return dot.source"
)
_MERMAID = "flowchart TD\n  A[Take] --> B{Ready?}\n  B -->|yes| C[Serve]\n  B -->|no| A\n"
_DOT = 'digraph G { rankdir=LR; a -> b [label="then"]; b -> c }'
_SCHEMDRAW = """import io
import schemdraw
import schemdraw.elements as elm
from PIL import Image

def generate_circuit():
    with schemdraw.Drawing(show=False) as d:
        d += elm.SourceV().label("5 V")
        d += elm.Resistor().right().label("R1")
        d += elm.Capacitor().down().label("C1")
        d += elm.Line().left()
    return Image.open(io.BytesIO(d.get_imagedata("png")))
"""
_CIRCUITIKZ = r"""\documentclass[border=5pt]{standalone}
\usepackage{circuitikz}
\begin{document}
\begin{circuitikz}
\draw (0,0) to[battery, l=$V$] (0,2) to[R, l=$R_1$] (3,2) to[C, l=$C$] (3,0) -- (0,0);
\end{circuitikz}
\end{document}
"""
_TIKZ = r"""\documentclass{standalone}
\usepackage{tikz}
\begin{document}
\begin{tikzpicture}\node[draw, fill=yellow] (a) {A}; \node[draw] (b) at (2,0) {B}; \draw[->] (a) -- (b);
\end{tikzpicture}
\end{document}
"""
_FORMULA = r"""\documentclass{article}
\usepackage{amsmath}
\pagestyle{empty}
\begin{document}
Solve \[ x^2 - 5x + 6 = 0. \]
\end{document}
"""
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><circle cx="50" cy="50" r="40"'
    ' fill="tomato"/><text x="100" y="55">sun</text></svg>'
)
_ASYMPTOTE = "size(200);\ndraw((0,0)--(2,1)--(1,2)--cycle, red+2bp);\nfill(circle((1,1), .3), blue);\n"
_MUSIC = '\\version "2.22.0"\n\\header { title = "Tune" }\n\\relative c\' { \\time 4/4 c4 d e f | g2 g }\n'
_RDKIT = """from rdkit import Chem
from rdkit.Chem import Draw

def generate_chemical():
    return Draw.MolToImage(Chem.MolFromSmiles("c1ccccc1O"), size=(300, 200))
"""
_TABLE = """import matplotlib.pyplot as plt

def generate_table(df):
    fig, ax = plt.subplots(figsize=(4, 2))
    ax.axis("off")
    ax.table(cellText=df.values, colLabels=df.columns, loc="center")
    return fig
"""

# Configuration: code, data, and the language that it is read as.
ROWS: dict[str, list[tuple[str, str | None, str]]] = {
    "chart": [(_PLOT, _CSV, "python"), (_PLOTLY, _CSV, "python"), (_VEGA, _CSV, "vega-lite")],
    "chemical": [("CC(=O)Oc1ccccc1C(=O)O", '{"name": "aspirin"}', "python"), (_RDKIT, None, "python")],
    "circuit": [(_SCHEMDRAW, None, "python"), (_CIRCUITIKZ, None, "latex")],
    "diagram": [
        (_GRAPHVIZ, _TREE, "python"),
        (_GRAPH_FILE, _TREE, "python"),
        (_GRAPH_RETURNED, _TREE, "python"),
        (_GRAPH_ENCODED, _TREE, "python"),
        (_GRAPH_SOURCE, _TREE, "python"),
        (_MERMAID, None, "mermaid"),
        (_DOT, None, "graphviz"),
        (_TIKZ, None, "latex"),
    ],
    "document": [(_PAGE.format("Letter"), None, "html"), (_FORMULA, None, "latex")],
    "graphic": [(_SVG, None, "svg"), (_ASYMPTOTE, None, "asymptote")],
    "math": [(_FORMULA, None, "latex"), (_PLOT, _CSV, "python")],
    "music": [(_MUSIC, None, "lilypond")],
    "nutrition": [(_PAGE.format("Nutrition Facts"), None, "html")],
    "table": [(_TABLE, _CSV, "python"), (_PAGE.format("Sales"), None, "html"), (_VEGA, _CSV, "vega-lite")],
}


def _write(configuration: str, folder: Path) -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": f"{configuration}-{number}",
            "image": {"bytes": png("red"), "path": None},
            "qa_pairs": {"question": ["?"], "explanation": ["!"], "answer": ["3"]},
            "metadata": {"figure_type": "bar", "persona": "a cook", "topic": "orders"},
            "data": data,
            "code": code,
        }
        for number, (code, data, _) in enumerate(ROWS[configuration])
    ]
    write_parquet(folder / configuration / "train-00000-of-00001.parquet", rows)


def test_every_configuration_is_drawn(tmp_path: Path) -> None:
    requests: list[RenderRequest] = []
    languages: dict[str, str] = {}
    for configuration, written in ROWS.items():
        _write(configuration, tmp_path)
        rows = read(f"cosyn-{configuration}", tmp_path)
        assert [(row.language, row.rejection) for row in rows] == [
            (language, None) for *_, language in written
        ]
        languages |= {row.source_id: row.language for row in rows}
        requests += [RenderRequest(row.source_id, row.language, str(row.code)) for row in rows]
    missing = {name: why_unsupported(name) for name in set(languages.values()) if why_unsupported(name)}
    with RenderEngine(RenderLimits(), workers=2) as engine:
        results = {result.request_id: result for result in engine.render(requests)}
    for name, result in results.items():
        if languages[name] in missing:
            assert (result.reason and result.reason.value) == "render.unsupported", name
            continue
        assert result.reason is None and result.png is not None, (name, result.detail)
        pixels = np.asarray(Image.open(io.BytesIO(result.png)))
        assert pixels.min() < 100 and pixels.max() == 255, name  # something dark on white
    assert len(results) == sum(map(len, ROWS.values())) and len(ROWS) == 10
    # One graph, rendered to a file, returned, and returned as bytes.
    assert len({results[f"diagram-{number}"].pixels_sha256 for number in (1, 2, 3)}) == 1
