"""The known benchmarks: their languages, columns and places. A new one is one entry here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from vincicoder.sample import UserError

HUB = "hub"


class BenchmarkError(UserError):
    """A benchmark cannot be read: says what was received, what is allowed, how to fix it."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How a benchmark is published.

    `language` of its code; None where it follows from the file's suffix, or from a folder's or a
    configuration's name. `code`, `images` and `ids` name the columns to look at, the first that is
    there counts, whatever its case. `hub` lists data set ids, each with `configurations` and `split`.
    """

    name: str
    language: str | None
    code: tuple[str, ...]
    images: tuple[str, ...]
    ids: tuple[str, ...]
    hub: tuple[str, ...]
    configurations: tuple[str, ...] = ()
    split: str = "test"


_COMMON_CODE = ("code", "text")
_COMMON_IMAGES = ("image", "images", "img", "image_path", "file_name")
_COMMON_IDS = ("id", "sample_id", "uuid", "filename", "file_id", "image_path", "file_name", "url")


def _benchmark(
    name: str,
    language: str | None,
    hub: tuple[str, ...],
    code: tuple[str, ...] = (),
    images: tuple[str, ...] = (),
    ids: tuple[str, ...] = (),
    configurations: tuple[str, ...] = (),
    split: str = "test",
) -> Benchmark:
    return Benchmark(
        name,
        language,
        (*code, *_COMMON_CODE),
        (*images, *_COMMON_IMAGES),
        (*ids, *_COMMON_IDS),
        hub,
        configurations,
        split,
    )


BENCHMARKS = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            _benchmark(
                "chartmimic",
                "python",
                ("ChartMimic/ChartMimic",),
                code=("GroundTruthFigureCode", "ground_truth_code"),
                images=("GroundTruthFigure", "GroundTruthFigurePreview", "figure", "InputFigure"),
                ids=("ExampleID", "example_id"),
            ),
            _benchmark("plot2code", "python", ("TencentARC/Plot2Code",), images=("ground_truth_image",)),
            _benchmark(
                "chartx",
                "python",
                ("InternScience/ChartX",),
                code=("redrawing", "plot_code", "py"),
                images=("image_file", "imgname"),
                ids=("imgname",),
                split="validation",
            ),
            _benchmark("design2code", "html", ("SALT-NLP/Design2Code-hf",), code=("html",), split="train"),
            _benchmark("webcode2m", "html", (), code=("html",), images=("screenshot",), ids=("hash",)),
            _benchmark(
                "unisvg", "svg", ("lili24/UniSVG",), code=("a_text", "svg"), images=("png", "png_image")
            ),
            _benchmark(
                "svg-bench",
                "svg",
                tuple(f"starvector/svg-{part}" for part in ("stack", "emoji", "icons", "fonts", "diagrams")),
                code=("svg",),
            ),
            _benchmark(
                "datikz",
                "latex",
                ("nllg/datikz", "nllg/datikz-v2", "nllg/datikz-v3"),
                code=("tikz_code",),
                images=("png_image",),
                ids=("uri",),
            ),
            _benchmark(
                "image2struct",
                None,
                ("stanford-crfm/image2struct-latex-v1",),
                configurations=("algorithm", "equation", "plot", "table"),
                split="validation",
            ),
            _benchmark(
                "visplotbench",
                None,
                ("TIGER-Lab/VisPlotBench",),
                code=("ground_truth_code", "reference_code"),
                configurations=(
                    *("asymptote", "html", "latex", "lilypond"),
                    *("mermaid", "python", "svg", "vegalite"),
                ),
            ),
        )
    }
)
"""Every benchmark by its name. A hub id that could not be confirmed is left out: name it yourself."""


@dataclass(frozen=True, slots=True)
class ChosenBenchmark:
    """A benchmark to be checked, and where it is: a local folder or file, or ids on the hub."""

    benchmark: Benchmark
    path: Path | None
    hub: tuple[str, ...] = ()


def choose(arguments: Iterable[str]) -> list[ChosenBenchmark]:
    """Read `NAME=PATH`, `NAME=hub` and `NAME=hub:ID` arguments; ordered by name.

    Raises `BenchmarkError` on an unknown name, a path that is not there, or a name given twice.
    """
    chosen: dict[str, ChosenBenchmark] = {}
    for argument in arguments:
        name, separator, place = argument.partition("=")
        name = name.strip().lower()
        if name not in BENCHMARKS or not separator or not place:
            raise BenchmarkError(
                f"received benchmark {argument!r}; give NAME=FOLDER, NAME=hub or NAME=hub:ID "
                f"with a name of {', '.join(sorted(BENCHMARKS))}"
            )
        if name in chosen:
            raise BenchmarkError(f"benchmark {name} was given twice: put its parts into one folder")
        chosen[name] = _place(BENCHMARKS[name], place)
    return [chosen[name] for name in sorted(chosen)]


def _place(benchmark: Benchmark, place: str) -> ChosenBenchmark:
    kind, _, hub_id = place.partition(":")
    if kind == HUB:
        ids = (hub_id,) if hub_id else benchmark.hub
        if not ids:
            raise BenchmarkError(f"no hub id is known for {benchmark.name}: give {benchmark.name}=hub:ID")
        return ChosenBenchmark(benchmark, None, ids)
    path = Path(place).expanduser()
    if not path.exists():
        raise BenchmarkError(
            f"benchmark {benchmark.name}: nothing at {path}; give the folder it was unpacked to"
        )
    return ChosenBenchmark(benchmark, path)
