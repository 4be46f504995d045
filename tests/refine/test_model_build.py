"""A whole build whose flawed code comes from a model server on this machine."""

from __future__ import annotations

import io
import json
from pathlib import Path

import duckdb
import pytest
from PIL import Image

from flows.pipeline import BuildResult, run_build
from flows.runners import DirectRunner
from storage.home import Home
from storage.outputs import find_output
from storage.release import read_manifest
from tasks.model_answers import cost_log
from tests.refine.model_server import ModelServer, Reply
from vincicoder.chat.config import ModelConfig
from vincicoder.config import BuildConfig
from vincicoder.refine.config import RefineConfig
from vincicoder.refine.judge import RefineLimits

COLORS = {
    "red": 100,
    "green": 80,
    "blue": 90,
    "orange": 120,
    "purple": 110,
    "teal": 70,
    "black": 60,
    "gray": 50,
}


def drawing(color: str, size: int) -> str:
    shape = f'<rect x="10" y="10" width="{size}" height="{200 - size}" fill="{color}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">{shape}</svg>'


def answer_of(picture: bytes, before: int) -> Reply:
    """What the model does with each colour; it sees nothing but the picture."""
    with Image.open(io.BytesIO(picture)) as image:
        pixel = image.convert("RGB").getpixel((20, 20))
    names = {
        (255, 0, 0): "red",
        (0, 128, 0): "green",
        (0, 0, 255): "blue",
        (255, 165, 0): "orange",
        (128, 0, 128): "purple",
        (0, 128, 128): "teal",
        (0, 0, 0): "black",
        (128, 128, 128): "gray",
    }
    color = names[pixel]
    if color == "gray" and before == 0:
        return Reply("restarting", status=500)
    return {
        "red": Reply(f"```svg\n{drawing('navy', 100)}\n```"),
        "green": Reply(f"It is a square:\n\n```xml\n{drawing('green', 40)}\n```\n\nDone."),
        "blue": Reply(f"```svg\n{drawing('blue', 90)[:60]}", finish_reason="length"),
        "orange": Reply(""),
        "purple": Reply(f"```svg\n{drawing('purple', 110)}\n```"),
        "teal": Reply("```python\nimport os\nprint(os.getcwd())\n```"),
        "black": Reply('```svg\n<svg xmlns="http://www.w3.org/2000/svg"><rect></svg>\n```'),
        "gray": Reply(f"```svg\n{drawing('gray', 120)}\n```"),
    }[color]


def build(folder: Path, url: str, limits: RefineLimits) -> BuildResult:
    refine = RefineConfig(
        maker="openai",
        share_percent=100,
        rounds=1,
        limits=limits,
        model=ModelConfig(
            model="tiny-vlm", endpoint=url, concurrency=4, first_wait_seconds=0.01, input_price=1.0
        ),
    )
    config = BuildConfig(profile=None, source_configs=(folder / "own.yaml",), workers=2, refine=refine)
    return run_build(config, str(folder / "home"), DirectRunner(2), flow_run="test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    rows = [{"id": color, "code": drawing(color, size)} for color, size in COLORS.items()]
    (folder / "shapes.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "own.yaml").write_text(
        "sources:\n  - {name: shapes, format: jsonl, path: shapes.jsonl, domain: svg, language: svg, "
        "id_column: id, license: CC0-1.0, citation: ours}\n"
    )
    return folder


def test_a_build_takes_its_refinement_rows_from_a_model(folder: Path) -> None:
    with ModelServer(answer_of) as server:
        result = build(folder, server.url, RefineLimits(failing_percent=100.0))
        assert len(server.requests) == len(COLORS) + 1  # one was asked twice
        assert server.most_at_once <= 4
        again = build(folder, server.url, RefineLimits(failing_percent=100.0))
        assert again.version == result.version
        other = build(folder, server.url, RefineLimits(failing_percent=0.0))
        assert len(server.requests) == len(COLORS) + 1  # other limits, the same answers
    assert (result.kept, result.made, other.made) == (8, 4, 3)

    with duckdb.connect() as base:
        found = base.execute(
            "SELECT source_id, flawed_code, code, instruction FROM read_parquet(?) WHERE task = 'refine'",
            [f"{result.release}/data/*.parquet"],
        ).fetchall()
    made = {name: (flawed, code) for name, flawed, code, _ in found}
    assert set(made) == {"red", "green", "black", "gray"}
    assert made["green"][0].strip() == drawing("green", 40)
    assert "<rect></svg>" in made["black"][0]
    assert all(
        'fill="' + name in code for name, (_, code) in made.items()
    )  # the corpus's own code is the answer
    assert all(text.startswith("<image>") for *_, text in found)

    assert tried(folder / "home", result) == {
        "red": ("attempt", "differs"),
        "green": ("attempt", "differs"),
        "blue": ("truncated", "unusable"),
        "orange": ("empty", "unusable"),
        "purple": ("attempt", "unusable"),  # the right answer
        "teal": ("wrong_language", "unusable"),
        "black": ("attempt", "fails"),
        "gray": ("attempt", "differs"),
    }
    *rows, total = cost_log(Home(folder / "home"))
    assert sum(row["attempts"] for row in rows) == len(COLORS) + 1
    assert (total["answers"], total["tokens_in"], total["cost"]) == (8, 8000, pytest.approx(0.008, abs=1e-15))


def tried(folder: Path, result: BuildResult) -> dict[str, tuple[str, str]]:
    """What became of each row, by the colour that its id names."""
    home = Home(folder)
    manifest = read_manifest(home, "sft", result.version)
    assert manifest is not None
    settings = manifest.config["refine"]["model"]
    assert settings == {"model": "tiny-vlm", "temperature": 0.7, "max_tokens": 4096, "seed": 0}
    outputs = [find_output(home, "compose", key) for key in manifest.stage_outputs]
    found = {}
    for composed in outputs:
        assert composed is not None
        (key,) = [key for key in composed.inputs if find_output(home, "refine", key)]
        ids = home.read_table(f"stages/refine/{key}/kept.parquet", ["sample_id", "source_id"]).to_pylist()
        names = {row["sample_id"]: row["source_id"] for row in ids}
        for row in home.read_table(f"stages/refine/{key}/flaws.parquet").to_pylist():
            found[names[row["sample_id"]]] = ("+".join(row["kinds"]), row["outcome"])
    return found
