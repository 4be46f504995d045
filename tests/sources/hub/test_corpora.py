"""The contract, corpus by corpus: a small file in the real schema gives exactly these samples and reasons."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.sources.hub.published import (
    ICON,
    PAGE,
    PLOT,
    TIKZ,
    fence,
    llava,
    messages,
    png,
    read,
    summary,
    write_json,
    write_parquet,
    write_tar,
    write_zip,
)

RED, BLUE = png("red"), png("blue")
OTHER, MALFORMED = "collect.other_task", "collect.malformed_row"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path / "cache"))


def test_chart2code(tmp_path: Path) -> None:
    split = PLOT.split("\n")
    thought = f"Step 1\n{fence('python', 'plt.plot')}\nStep 4\n{fence('python', PLOT)}"
    misplaced = f"{split[0]}\n```python\n" + "\n".join(split[1:]) + "\n```"
    rows = [
        llava("<image>\nDraw it.", fence("python", PLOT), id="1", image="images/a.png"),
        llava("<image>\nThink.", thought, id="2", image="images/b.png"),
        llava("<image>\nDraw it.", misplaced, id="3", image="images/gone.png"),
        llava("<image>\nWhat is it?", "A line.", id="4", image="images/a.png"),
        llava("<image>\nDraw it.", None, id="5", image="images/a.png"),
    ]
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_tar(folder / "json.tar.gz", {"json/chart2code_sot.json": json.dumps(rows).encode()})
    write_tar(folder / "images.tar.gz", {"images/a.png": RED, "images/b.png": BLUE})
    expected = [
        ("1", PLOT, "python", "chart", None, RED),
        ("2", PLOT, "python", "chart", None, BLUE),
        ("3", PLOT, "python", "chart", None, None),
        ("4", "A line.", "python", "chart", OTHER, None),
        ("5", None, "python", "chart", None, None),
    ]
    assert summary(read("chart2code-160k", folder)) == expected
    # The same, unpacked by hand, with the pictures in a folder.
    plain = tmp_path / "plain"
    write_json(plain / "chart2code_sot.json", rows)
    (plain / "images").mkdir()
    (plain / "images" / "a.png").write_bytes(RED)
    (plain / "images" / "b.png").write_bytes(BLUE)
    assert summary(read("chartcoder", plain)) == expected


def test_msrl_is_read_from_a_folder(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "corpus" / "train.parquet", [{"images": [{"bytes": RED, "path": None}], "solution": PLOT}]
    )
    assert summary(read("msrl", tmp_path / "corpus")) == [
        ("train.parquet#0", PLOT, "python", "chart", None, RED)
    ]


def test_viscodex_keeps_charts_and_pages(tmp_path: Path) -> None:
    rows = [
        messages("<image>Draw.", fence("python", PLOT), images=["a.png"], category="chart"),
        messages("<image>Write.", fence("HTML", PAGE), images=["mcd_images/b.png"], category="HTML"),
        messages("How many?", "Three.", images=["a.png"], category="image_qa"),
        messages("Sort.", fence("python", "sorted(x)"), images=[], category="algorithm"),
        messages("Draw.", PAGE, images=["nowhere.png"], category="html"),
        messages("Draw.", "I cannot.", images=None, category="chart"),
        None,
        ["not", "an", "object"],
    ]
    write_json(tmp_path / "corpus" / "mcd_598k.json", rows)
    write_zip(tmp_path / "corpus" / "mcd_images.zip", {"mcd_images/a.png": RED, "mcd_images/b.png": BLUE})
    found = read("viscodex-mcd", tmp_path / "corpus")
    file = "mcd_598k.json"
    assert summary(found) == [
        (f"{file}#0", PLOT, "python", "chart", None, RED),
        (f"{file}#1", PAGE, "html", "web", None, BLUE),
        (f"{file}#2", "Three.", "python", "chart", OTHER, None),
        (f"{file}#3", fence("python", "sorted(x)"), "python", "chart", OTHER, None),
        (f"{file}#4", PAGE, "html", "web", None, None),
        (f"{file}#5", "I cannot.", "python", "chart", OTHER, None),
        (f"{file}#6", "null", "python", "chart", MALFORMED, None),
        (f"{file}#7", '["not", "an", "object"]', "python", "chart", MALFORMED, None),
    ]
    assert found[3].rejection is not None and "category 'algorithm'" in found[3].rejection.detail


def test_web2code_parts_pages_from_questions(tmp_path: Path) -> None:
    rows = [
        llava("<image>\nWrite it.", fence("html", PAGE), id="a", image="games/01/a.png"),
        llava("Write it.\n<image>", PAGE, id="b", image="Web2Code_image/jobs/b.png"),
        llava("<image>\nIs there a <div>?", "Yes, a <div> holds it.", id="c", image="games/01/a.png"),
        {"id": "d", "image": "games/01/a.png", "conversations": "broken"},
        {"id": "e", "image": "games/01/a.png", "conversations": []},
    ]
    write_json(tmp_path / "corpus" / "Web2Code.json", rows, indent=2)
    write_json(tmp_path / "corpus" / "Web2Code_eval.json", [llava("q", PAGE, id="held out")])
    write_zip(tmp_path / "corpus" / "Web2Code_image.zip", {"games/01/a.png": RED, "jobs/b.png": BLUE})
    assert summary(read("MBZUAI/Web2Code", tmp_path / "corpus")) == [
        ("a", PAGE, "html", "web", None, RED),
        ("b", PAGE, "html", "web", None, BLUE),
        ("c", "Yes, a <div> holds it.", "html", "web", OTHER, None),
        ("d", "broken", "html", "web", MALFORMED, None),
        ("e", "[]", "html", "web", MALFORMED, None),
    ]


def test_webcode2m(tmp_path: Path) -> None:
    row = {"bbox": "{}", "score": 4.0, "scale": [1.0], "lang": "en", "tokens": [3, 4]}
    image = {"bytes": RED, "path": "a.png"}
    rows = [
        {**row, "image": image, "text": PAGE, "hash": "h1"},
        {**row, "image": None, "text": None, "hash": "h2"},
        {**row, "image": {"bytes": None, "path": None}, "text": PAGE, "hash": None},
    ]
    write_parquet(tmp_path / "corpus" / "data" / "train-00000-of-02066.parquet", rows)
    assert summary(read("webcode2m", tmp_path / "corpus")) == [
        ("h1", PAGE, "html", "web", None, RED),
        ("h2", None, "html", "web", None, None),
        ("data/train-00000-of-02066.parquet#2", PAGE, "html", "web", None, None),
    ]


def test_unisvg_keeps_pictures_to_svg(tmp_path: Path) -> None:
    rows = [
        llava("<image>\nGive the SVG.", ICON, id="1", image="a.png"),
        llava("<image>\nWhat is it?", "A triangle.", id="2", image="a.png"),
        llava("Draw a triangle.", ICON, id="3", image="a.png"),
        llava("<image>\nGive the SVG.", ICON, id="4", image=""),
    ]
    write_json(tmp_path / "train" / "train.json", rows)
    write_zip(tmp_path / "train" / "png.zip", {"png/a.png": RED})
    assert summary(read("unisvg", tmp_path / "train")) == [
        ("1", ICON, "svg", "svg", None, RED),
        ("2", "A triangle.", "svg", "svg", OTHER, None),
        ("3", ICON, "svg", "svg", OTHER, None),
        ("4", ICON, "svg", "svg", OTHER, None),
    ]
    test = [
        {
            "q_text": "Give it.",
            "a_text": fence("svg", ICON),
            "image_path": "a.png",
            "type": "ISVGEN",
            "keywords": [],
        },
        {"q_text": "What?", "a_text": "Red.", "image_path": "a.png", "type": "SVGUN", "keywords": ["x"]},
    ]
    write_json(tmp_path / "test" / "test.json", test)
    assert summary(read("unisvg", tmp_path / "test")) == [
        ("test.json#0", ICON, "svg", "svg", None, None),
        ("test.json#1", "Red.", "svg", "svg", OTHER, None),
    ]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("svg-stack", ("Filename", "Svg")),
        ("svg-stack-simple", ("filename", "svg")),
        ("svg-emoji", ("Filename", "Svg")),
        ("svg-emoji-simple", ("Filename", "Svg")),
        ("svg-icons", ("Filename", "Svg")),
        ("svg-icons-simple", ("Filename", "Svg")),
        ("svg-fonts", ("Filename", "Svg")),
        ("svg-fonts-simple", ("Filename", "SVG")),
        ("svg-diagrams", ("Filename", "Svg")),
        ("svg-diagrams-simple", ("Filename", "Svg")),
        ("text2svg-stack", ("Filename", "Svg")),
    ],
)
def test_starvector(tmp_path: Path, name: str, columns: tuple[str, str]) -> None:
    data = tmp_path / "corpus" / "data"
    rows = [{columns[0]: "a.svg", columns[1]: ICON, "Caption": "x"}, {columns[0]: "b.svg", columns[1]: None}]
    write_parquet(data / "train-00000-of-00001-abc.parquet", rows)
    write_parquet(data / "val-00000-of-00001.parquet", [{columns[0]: "held-out.svg", columns[1]: ICON}])
    write_parquet(data / "test-00000-of-00001.parquet", [{columns[0]: "held-out.svg", columns[1]: ICON}])
    assert summary(read(name, tmp_path / "corpus")) == [
        ("a.svg", ICON, "svg", "svg", None, None),
        ("b.svg", None, "svg", "svg", None, None),
    ]


def test_datikz_in_all_versions(tmp_path: Path) -> None:
    image = {"bytes": RED, "path": None}
    old = {
        "caption": "c",
        "code": TIKZ,
        "image": image,
        "uri": "u",
        "origin": "arxiv",
        "date": "2020",
        "augmented": False,
    }
    newer = {**old, "pdf": b"%PDF"}
    newest = {
        "file_id": "f.png",
        "caption": "c",
        "vlm_description": "d",
        "tikz_code": TIKZ,
        "source": "s",
        "png_image": image,
    }
    for name, row in (("datikz", old), ("datikz-v2", newer), ("datikz-v3", newer), ("datikz-v4", newest)):
        folder = tmp_path / name
        write_parquet(folder / "data" / "train-00000-of-00001.parquet", [row])
        (found,) = summary(read(name, folder))
        identifier = "f.png" if name == "datikz-v4" else "data/train-00000-of-00001.parquet#0"
        assert found == (identifier, TIKZ, "latex", "latex", None, RED)


def test_imgcode_takes_its_own_part(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    write_parquet(
        folder / "Python" / "0.parquet", [{"image": RED, "code": PLOT}, {"image": RED, "code": "text"}]
    )
    write_parquet(folder / "TikZ" / "0.parquet", [{"image": {"bytes": BLUE, "path": "x"}, "tikz": TIKZ}])
    assert summary(read("imgcode-python", folder)) == [
        ("Python/0.parquet#0", PLOT, "python", "chart", None, RED),
        ("Python/0.parquet#1", "text", "python", "chart", None, RED),
    ]
    expected = [("TikZ/0.parquet#0", TIKZ, "latex", "latex", None, BLUE)]
    assert summary(read("imgcode-tikz", folder)) == expected
    (alone,) = read("imgcode-tikz", folder / "TikZ")
    assert (alone.source_id, alone.code) == ("0.parquet#0", TIKZ)
    write_json(
        tmp_path / "lines" / "tikz.json",
        [
            {
                "image": base64.b64encode(BLUE * 9).decode(),
                "conversations": llava("q", fence("tikz", TIKZ))["conversations"],
            }
        ],
    )
    assert summary(read("imgcode-tikz", tmp_path / "lines")) == [
        ("tikz.json#0", TIKZ, "latex", "latex", None, BLUE * 9)
    ]


def test_vincicoder_sets(tmp_path: Path) -> None:
    rows = [
        {"user_content": "<image>Draw.", "assistant_content": fence("python", PLOT), "image": RED},
        {"user_content": f"<image>Mend.\n{fence('python', 'plt')}", "assistant_content": PLOT, "image": None},
    ]
    write_parquet(tmp_path / "sft" / "chart2code_refine.parquet", rows)
    write_parquet(
        tmp_path / "sft" / "chemdraw.parquet",
        [
            {
                "user_content": "q",
                "assistant_content": fence("", "from rdkit import Chem\nx = 1"),
                "image": BLUE,
            }
        ],
    )
    write_parquet(
        tmp_path / "sft" / "image2svg.parquet",
        [{"user_content": "q", "assistant_content": ICON, "image": BLUE}],
    )
    assert summary(read("vincicoder-sft", tmp_path / "sft")) == [
        ("chart2code_refine.parquet#0", PLOT, "python", "chart", None, RED),
        ("chart2code_refine.parquet#1", PLOT, "python", "chart", None, None),
        ("chemdraw.parquet#0", "from rdkit import Chem\nx = 1", "python", "molecule", None, BLUE),
        ("image2svg.parquet#0", ICON, "svg", "svg", None, BLUE),
    ]
    write_parquet(
        tmp_path / "rl" / "train.parquet",
        [
            {"problem": "<image>svg", "answer": ICON, "images": [{"bytes": RED, "path": "x"}]},
            {"problem": "<image>html", "answer": fence("html", PAGE), "images": []},
            {"problem": "<image>", "answer": "nothing", "images": []},
        ],
    )
    assert summary(read("DocTron-Hub/VinciCoder-42k-RL", tmp_path / "rl")) == [
        ("train.parquet#0", ICON, "svg", "svg", None, RED),
        ("train.parquet#1", PAGE, "html", "web", None, None),
        ("train.parquet#2", "nothing", "python", "chart", OTHER, None),
    ]
