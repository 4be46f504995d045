"""Benchmarks in every published layout are read, and what leaks from them is found, nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.layouts import CODE, LAYOUTS, PLOT, chartmimic, design2code_table, picture
from vincicoder.benchmarks import (
    BENCHMARKS,
    BenchmarkError,
    ChosenBenchmark,
    choose,
    content_digest,
    read_items,
)
from vincicoder.decontaminate import BenchmarkIndex, DecontaminationLimits, SignedRow, index_items
from vincicoder.dedup.minhash import minhash, program_shingles
from vincicoder.dedup.normal_form import normal_sha256
from vincicoder.render.finish import flatten_on_white, measure

LIMITS = DecontaminationLimits()
CHARTS = {"chart2code", "chartmimic", "chartx", "plot2code"}
SVGS = {"sarena", "svg-bench", "unisvg"}


def signed(code: str, language: str, image: bytes) -> SignedRow:
    shingles = program_shingles(code, language)
    plain, unnamed = minhash([shingles.code, shingles.unnamed])
    with Image.open(io.BytesIO(image)) as opened:
        measures = measure(flatten_on_white(opened))
    return SignedRow(
        code,
        language,
        normal_sha256(code, language),
        plain,
        unnamed,
        measures.phash,
        np.frombuffer(measures.thumbnail, np.uint8),
    )


@pytest.fixture
def index(tmp_path: Path) -> BenchmarkIndex:
    chosen = []
    for name, layouts in LAYOUTS.items():
        (tmp_path / name).mkdir()
        layouts[0].write(tmp_path / name)
        chosen.append(ChosenBenchmark(BENCHMARKS[name], tmp_path / name))
    return BenchmarkIndex([index_items(one.benchmark.name, read_items(one)) for one in chosen])


REFORMATTED = CODE["python"].replace("'", '"').replace("\nfig, ax", "\n\n# the hill\nfig, ax")
RENAMED = CODE["python"].replace("heights", "rain_mm").replace("names", "sides").replace("ax", "panel")
OTHER = (
    "import numpy as np\nimport matplotlib.pyplot as plt\nplt.plot(np.arange(9) ** 2)\nplt.savefig('a.png')\n"
)


@pytest.mark.parametrize(
    ("code", "language", "image", "kind", "benchmarks"),
    [
        (
            REFORMATTED,
            "python",
            picture(5),
            "exact_code",
            CHARTS,
        ),
        (
            CODE["python"].replace("'Rain by", "'The rain by"),
            "python",
            picture(5),
            "near_code",
            CHARTS,
        ),
        (RENAMED, "python", picture(5), "renamed_code", CHARTS),
        (OTHER, "python", picture(0, (1000, 750)), "picture", set(BENCHMARKS)),
        (
            CODE["svg"].replace("><", ">\n  <"),
            "svg",
            picture(5),
            "exact_code",
            SVGS,
        ),
    ],
)
def test_leaks_are_found(
    code: str, language: str, image: bytes, kind: str, benchmarks: set[str], index: BenchmarkIndex
) -> None:
    found = index.find([signed(OTHER, "python", picture(4)), signed(code, language, image)], LIMITS)
    assert list(found) == [1]
    assert found[1].kind == kind
    assert found[1].benchmark in benchmarks
    assert found[1].detail.startswith(f"{found[1].benchmark}: {found[1].item}: {kind}, ")


@pytest.mark.parametrize("seed", range(1, 12))
def test_other_data_in_the_same_template_is_no_leak(seed: int, index: BenchmarkIndex) -> None:
    numbers = ", ".join(str(10 + seed * step % 17) for step in range(4))
    code = PLOT.format(values=numbers, colour="red").replace("Rainfall in mm", f"Snow of year {seed}")
    code = code.replace("Rain by side of the hill", "Where the snow stays longest").replace("north", "up")
    assert index.find([signed(code, "python", picture(seed))], LIMITS) == {}


def test_an_index_of_code_alone_or_of_pictures_alone_works(tmp_path: Path) -> None:
    (tmp_path / "one.svg").write_text(CODE["svg"])
    code_only = BenchmarkIndex(
        [index_items("unisvg", read_items(ChosenBenchmark(BENCHMARKS["unisvg"], tmp_path)))]
    )
    assert code_only.find([signed(CODE["svg"], "svg", picture())], LIMITS)[0].kind == "exact_code"
    (tmp_path / "one.svg").unlink()
    (tmp_path / "one.png").write_bytes(picture())
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    pictures = BenchmarkIndex(
        [index_items("unisvg", read_items(ChosenBenchmark(BENCHMARKS["unisvg"], tmp_path)))]
    )
    assert pictures.find([signed(CODE["svg"], "svg", picture())], LIMITS)[0].kind == "picture"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chartmimick=/tmp"], "with a name of chart2code, chartmimic"),
        (["chartmimic"], "give NAME=FOLDER"),
        (["chartmimic=/nowhere/at/all"], "nothing at /nowhere/at/all"),
        (["datikz=/tmp", "DaTikZ=/tmp"], "given twice"),
        (["sarena=hub"], "no hub id is known"),
    ],
)
def test_a_wrong_choice_is_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(BenchmarkError, match=message):
        choose(arguments)


def test_a_folder_without_items_says_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "dataset.zip").write_bytes(b"PK")
    with pytest.raises(BenchmarkError, match=r"a column of redrawing, .*Unpack archives first"):
        list(read_items(choose([f"chartx={tmp_path}"])[0]))
    (tmp_path / "annotation.json").write_text("{broken")
    with pytest.raises(BenchmarkError, match=r"annotation\.json cannot be read"):
        list(read_items(choose([f"chartx={tmp_path}"])[0]))


def test_the_digest_is_of_names_and_content(tmp_path: Path) -> None:
    chartmimic(tmp_path / "one")
    chosen = choose([f"chartmimic={tmp_path / 'one'}"])[0]
    before = content_digest(chosen)
    assert content_digest(chosen) == before
    (tmp_path / "one/dataset/ori_500/bar_1.py").write_text("changed")
    assert content_digest(chosen) != before
    assert content_digest(choose(["datikz=hub"])[0]) != content_digest(choose(["datikz=hub:other/id"])[0])


def test_what_a_hub_serves_is_read_like_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library takes a local folder for a data set's id: the same code as for the hub."""
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    design2code_table(tmp_path / "set")
    items = list(read_items(ChosenBenchmark(BENCHMARKS["design2code"], None, (str(tmp_path / "set"),))))
    assert [(item.code, item.image) for item in items] == [(CODE["html"], picture())]
    with pytest.raises(BenchmarkError, match="give design2code=FOLDER"):
        list(read_items(ChosenBenchmark(BENCHMARKS["design2code"], None, (str(tmp_path / "nothing"),))))
