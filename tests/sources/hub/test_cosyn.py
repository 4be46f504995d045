"""CoSyn: what is written around its functions and data is what a reader could run, and it really draws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sources.hub.published import ICON, PAGE, png, read, write_parquet
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderStatus
from vincicoder.sample import RawSample
from vincicoder.sources.hub import find_corpora
from vincicoder.sources.hub.self_contained import NotSelfContainedError, write_python_program
from vincicoder.sources.hub.vega_lite import write_vega_lite

CSV = "month,sales\nJan,3\nFeb,5\nMar,4\n"
TREE = json.dumps({"title": "Tree", "nodes": ["a", "b"]})

PLOT = """import matplotlib.pyplot as plt
import pandas as pd
from io import BytesIO
from PIL import Image

def generate_plot(df: pd.DataFrame):
    fig, ax = plt.subplots(figsize=(4, 3))
    ax.bar(df["month"], df["sales"])
    buffer = BytesIO()
    fig.savefig(buffer, format="png")
    plt.close(fig)
    buffer.seek(0)
    image = Image.open(buffer)
    return image
"""
STREAM = PLOT.replace("    image = Image.open(buffer)\n    return image\n", "    return buffer\n").replace(
    "from PIL import Image\n", ""
)
FIGURE = """import matplotlib.pyplot as plt

def generate_table(df):
    fig, ax = plt.subplots()
    ax.axis("off")
    ax.table(cellText=df.values, colLabels=df.columns, loc="center")
    return fig
"""
NOTHING = """import matplotlib.pyplot as plt

def helper(axes, text):
    axes.text(0.5, 0.5, text)

def generate_diagram(data):
    fig, ax = plt.subplots()
    helper(ax, data["title"])
    for number, name in enumerate(data["nodes"]):
        ax.annotate(name, (number, number))
    plt.show()
"""
CIRCUIT = """from io import BytesIO
import matplotlib.pyplot as plt
from PIL import Image

def generate_circuit():
    fig, ax = plt.subplots()
    ax.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0])
    buffer = BytesIO()
    plt.savefig(buffer)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")
"""
CALLED = """import matplotlib.pyplot as plt

def generate_plot():
    plt.plot([1, 2])

generate_plot()
plt.show()
"""
READS = """import pandas as pd
import matplotlib.pyplot as plt
df = pd.read_csv('data.csv')
plt.plot(df['sales'])
plt.show()
"""
LATEX = "\\documentclass{standalone}\n\\begin{document}\n$x^2$\n\\end{document}"
DOT = "digraph G { a -> b }"
MERMAID = "graph TD\n  A-->B"
VEGA = json.dumps(
    {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"url": "data.csv"},
        "mark": "bar",
        "encoding": {"x": {"field": "month"}, "y": {"field": "sales", "type": "quantitative"}},
    }
)
MUSIC = '\\version "2.24.0"\n\\relative c\' { c4 d e f }'
ASY = "import graph;\nsize(200);\ndraw((0,0)--(1,1));"
DOCX = "from docx import Document\n\ndef generate_document(data):\n    return Document()\n"


def rows(configuration: str, folder: Path, *pairs: tuple[Any, Any]) -> list[RawSample]:
    """Write pairs of code and data as a configuration publishes them, and read them."""
    image = {"bytes": png("red"), "path": None}
    pairs_of = {"question": ["?"], "explanation": ["!"], "answer": ["3"]}
    written = [
        {
            "id": f"row{number}",
            "image": image,
            "qa_pairs": pairs_of,
            "metadata": {"figure_type": "bar", "persona": "p", "topic": "t"},
            "data": data,
            "code": code,
        }
        for number, (code, data) in enumerate(pairs)
    ]
    write_parquet(folder / configuration / "train-00000-of-00001.parquet", written)
    return read(f"cosyn-{configuration}", folder)


PROGRAMS = {
    "a picture from a frame": (PLOT, CSV),
    "a stream from a frame": (STREAM, CSV),
    "a figure from a frame": (FIGURE, CSV),
    "nothing from an object": (NOTHING, TREE),
    "a picture from nothing": (CIRCUIT, None),
    "a frame from JSON records": (FIGURE, json.dumps([{"a": 1, "b": 2}, {"a": 3, "b": 4}])),
    "code that calls itself": (CALLED, None),
    "code that reads a file": (READS, CSV),
    "data with quotes and backslashes": (PLOT, 'month,sales\n"a ""b\\c"",",3\n'),
    "data with three quotes": (PLOT, 'month,sales\n"x""""""y",3'),
    "a future import": ("from __future__ import annotations\n" + FIGURE, CSV),
}


def test_written_programs_draw_in_the_engine() -> None:
    requests = [
        RenderRequest(name, "python", write_python_program(code, data))
        for name, (code, data) in PROGRAMS.items()
    ]
    with RenderEngine(RenderLimits(), workers=1) as engine:
        results = {result.request_id: result for result in engine.render(requests)}
    failed = {
        name: result.detail for name, result in results.items() if result.status != RenderStatus.RENDERED
    }
    assert failed == {}
    assert set(results) == set(PROGRAMS)


def test_the_program_is_the_function_its_data_and_the_call() -> None:
    assert write_python_program(FIGURE, CSV) == (
        f"from io import StringIO\nimport pandas as pd\n{FIGURE.strip()}\n\n\n"
        f'data = """\\\n{CSV}"""\n'
        "figure = generate_table(pd.read_csv(StringIO(data)))\n"
        'figure.savefig("figure.png")\n'
    )
    assert write_python_program(CALLED, CSV) == CALLED


def test_a_bare_function_needs_its_data() -> None:
    with pytest.raises(NotSelfContainedError, match="generate_table takes df, and the row has no data"):
        write_python_program(FIGURE, None)
    with pytest.raises(NotSelfContainedError, match="takes df, style; the row has one piece of data"):
        write_python_program(FIGURE.replace("(df)", "(df, style)"), CSV)
    with pytest.raises(NotSelfContainedError, match="neither CSV nor JSON"):
        write_python_program(FIGURE, "{not json")
    with pytest.raises(SyntaxError):
        write_python_program("def generate_plot(df:", CSV)


def test_charts(tmp_path: Path) -> None:
    found = rows(
        "chart",
        tmp_path,
        (PLOT, CSV),
        (VEGA, CSV),
        (PAGE, None),
        (FIGURE, None),
        (None, CSV),
        ("def f(:", CSV),
    )
    assert [(row.source_id, row.language, row.domain) for row in found[:3]] == [
        ("row0", "python", "chart"),
        ("row1", "vega-lite", "chart"),
        ("row2", "html", "chart"),
    ]
    assert all(row.rejection is None for row in found[:3]) and all(
        row.image == png("red") for row in found[:3]
    )
    assert str(found[0].code).endswith(
        'picture = generate_plot(pd.read_csv(StringIO(data)))\npicture.save("figure.png")\n'
    )
    assert json.loads(str(found[1].code))["data"]["values"][1] == {"month": "Feb", "sales": 5}
    assert found[3].rejection is not None and found[3].rejection.reason == "collect.not_self_contained"
    assert found[4].code is None
    assert found[5].code == "def f(:" and found[5].rejection is None  # a matter of cleaning


@pytest.mark.parametrize(
    ("configuration", "code", "data", "language", "domain"),
    [
        ("circuit", CIRCUIT, None, "python", "diagram"),
        ("circuit", LATEX, None, "latex", "diagram"),
        ("diagram", NOTHING, TREE, "python", "diagram"),
        ("diagram", DOT, None, "graphviz", "diagram"),
        ("diagram", MERMAID, None, "mermaid", "diagram"),
        ("document", PAGE, None, "html", "web"),
        ("document", LATEX, None, "latex", "latex"),
        ("document", DOCX, TREE, "docx", "diagram"),
        ("graphic", ICON, None, "svg", "svg"),
        ("graphic", ASY, None, "asymptote", "diagram"),
        ("math", LATEX, None, "latex", "latex"),
        ("math", PLOT.replace("df: pd.DataFrame", "data"), CSV, "python", "chart"),
        ("music", MUSIC, None, "lilypond", "diagram"),
        ("nutrition", PAGE, None, "html", "web"),
        ("table", FIGURE, CSV, "python", "chart"),
        ("chart", f"```python\n{CALLED}```", None, "python", "chart"),
        ("chart", "no code at all", None, "", "chart"),
    ],
)
def test_the_language_is_told_from_the_code(
    tmp_path: Path, configuration: str, code: str, data: str | None, language: str, domain: str
) -> None:
    (row,) = rows(configuration, tmp_path, (code, data))
    assert (row.language, row.domain, row.rejection) == (language, domain, None)


def test_molecules_become_rdkit_programs(tmp_path: Path) -> None:
    smiles = "CC(=O)Oc1ccccc1C(=O)O"
    found = rows("chemical", tmp_path, (smiles, '{"name": "aspirin"}'), ("C", None), (CALLED, None))
    assert [(row.language, row.domain) for row in found] == [("python", "molecule")] * 3
    assert all("MolFromSmiles" in str(row.code) for row in found[:2])
    assert smiles in str(found[0].code) and found[2].code == CALLED
    with RenderEngine(RenderLimits(), workers=1) as engine:
        requests = [RenderRequest(row.source_id, "python", str(row.code)) for row in found[:2]]
        assert {result.status for result in engine.render(requests)} == {RenderStatus.RENDERED}


def test_vega_lite_gets_its_data() -> None:
    own = json.dumps({"data": {"values": [{"a": 1}]}, "mark": "bar"})
    assert write_vega_lite(own, CSV) == own
    views = json.dumps({"hconcat": [{"data": {"values": []}, "mark": "bar"}]})
    assert write_vega_lite(views, None) == views
    named = json.loads(write_vega_lite(VEGA, json.dumps({"rows": [{"month": "Jan", "sales": 1}]})))
    assert named["data"] == {"values": [{"month": "Jan", "sales": 1}]}
    codes = write_vega_lite(VEGA, "month,sales\n007,1.5\n1,nan\n")
    assert json.loads(codes)["data"]["values"] == [
        {"month": "007", "sales": 1.5},
        {"month": 1, "sales": "nan"},
    ]
    with pytest.raises(NotSelfContainedError, match="the row has none"):
        write_vega_lite(VEGA, None)


def test_a_family_names_all_ten_configurations() -> None:
    assert len(find_corpora("cosyn")) == len(find_corpora("allenai/CoSyn-400K")) == 10
