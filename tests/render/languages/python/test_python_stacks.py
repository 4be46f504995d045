"""Programs of other years, on the libraries of those years: the real environments of `make stacks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.years.idioms import OF_2022, OF_2024, program
from benchmarks.years.programs import programs
from benchmarks.years.silent_idioms import ALIKE, CHANGED
from vincicoder.project_files import project_file
from vincicoder.render import (
    RenderEngine,
    RenderLimits,
    RenderRequest,
    RenderResult,
    RenderStatus,
    fingerprint,
)
from vincicoder.render.on_stacks import OnStack, render_on_stacks, usable_stacks
from vincicoder.render.registry import LANGUAGES, language_on, why_unsupported
from vincicoder.render.stacks import OTHERS, STACKS, STACKS_VARIABLE, is_installed, is_outdated, order_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MISSING = [why_unsupported(language_on("python", stack)) for stack in OTHERS]
_needs_stacks = pytest.mark.skipif(any(_MISSING), reason="; ".join(filter(None, _MISSING)))


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    """One worker at a time: a warm process a stack, and the browser."""
    with RenderEngine(RenderLimits(), workers=1) as opened:
        yield opened


def _one(engine: RenderEngine, code: str, first: str = "") -> OnStack:
    (found,) = render_on_stacks(engine, [RenderRequest("7", language_on("python", first), code)])
    assert found.result.request_id == "7"
    return found


@_needs_stacks
@pytest.mark.slow
@pytest.mark.parametrize(
    ("idiom", "stack", "note"),
    [
        ("style_seaborn", "2022", "matplotlib style.seaborn 3.8"),
        ("append_frame", "2022", "pandas DataFrame.append 2.0"),
        ("boxplot_labels", "2024", "matplotlib boxplot(labels) 3.11"),
        ("freq_month", "2024", "pandas freq.M 3.0"),
        ("titlefont", "2024", "plotly titlefont 6.0"),
        ("np_trapz", "2024", "numpy trapz 2.4"),
        ("treemap", "2026", ""),
        ("tick_labels", "2026", ""),
    ],
)
def test_a_program_is_drawn_by_the_libraries_that_know_its_names(
    engine: RenderEngine, idiom: str, stack: str, note: str
) -> None:
    found = _one(engine, program({**OF_2022, **OF_2024}[idiom]))
    assert (found.result.status, found.stack) == (RenderStatus.RENDERED, stack)
    assert found.result.fingerprint == fingerprint(language_on("python", stack))
    assert [name for name, _ in found.before] == list(STACKS[STACKS.index(stack) + 1 :])[::-1]
    assert [one for one in found.result.notes if one.startswith("removed_name:")] == (
        [f"removed_name:{note}"] if note else []
    )


_SILENT = [
    "warnings_off",
    "masked",
    "observed_pivot",
    "stack",
    "apply_key",
    "np_std",
    "dtype_all",
    "downcast",
    "scalars",
    "bar_dates_text",
    "bar_dates_labels",
]


@_needs_stacks
@pytest.mark.slow
def test_a_call_that_today_has_another_effect_is_drawn_by_the_latest_libraries_that_do_as_it_says(
    engine: RenderEngine,
) -> None:
    programs = {name: program(CHANGED[name]) for name in _SILENT}
    programs |= {
        name: program(ALIKE[name]) for name in ("assigned", "seaborn", "boxplot_by", "series", "bar_dates")
    }
    found = {
        one.result.request_id: one
        for one in render_on_stacks(engine, [RenderRequest(*one) for one in _asked(programs)])
    }
    assert {name: one.stack for name, one in found.items()} == {
        name: "2024" if name in CHANGED else "2026" for name in programs
    }
    assert all(not one.before and one.result.notes == () for name, one in found.items() if name in ALIKE)
    drawn = found["masked"]
    assert drawn.result.notes == ("removed_name:pandas chained_assignment 3.0",)
    ((stack, todays),) = drawn.before
    assert (stack, todays.status, todays.notes) == (
        "2026",
        RenderStatus.RENDERED,
        ("changed_call:pandas chained_assignment 3.0",),
    )
    forced = [engine.render_one(programs["masked"], language_on("python", stack)) for stack in STACKS[-2:]]
    assert [one.pixels_sha256 for one in forced] == [drawn.result.pixels_sha256, todays.pixels_sha256]
    # What no other stack draws stays as today's libraries draw it.
    of_both = program(CHANGED["masked"]) + "plt.boxplot([x], tick_labels=['a'])\nplt.show()\n"
    kept = _one(engine, of_both)
    assert (kept.stack, kept.result.notes[0]) == ("2026", "changed_call:pandas chained_assignment 3.0")
    assert [name for name, _ in kept.before] == ["2024", "2022", "2021"]


@_needs_stacks
@pytest.mark.slow
def test_names_and_calls_that_went_before_every_stack_do_what_they_did_on_the_oldest(
    engine: RenderEngine,
) -> None:
    told = {
        "axes_of_figure": "matplotlib Axes3D(figure) 3.6",
        "switch": "matplotlib tick_params(off) 3.1",
        "tick_part": "matplotlib Tick.label1On 3.3",
        "distance": "matplotlib Axes3D.dist 3.8",
        "hist_stacked": "matplotlib Rectangle.set(normed) 3.1",
        "x_lines": "matplotlib Axes.lines.__set__ 3.7",
        "sk_samples_generator": "sklearn datasets.samples_generator",
        "nx_old_attr": "networkx Graph.node",
        "jointhex": "seaborn jointplot(positional) 0.12",
    }
    whole = programs("2019")
    codes = {name: program(CHANGED[name]) if name in CHANGED else whole[name] for name in told}
    codes |= {name: program(ALIKE[name]) for name in ("switches", "axes_added")}
    requests = [RenderRequest(*one) for one in _asked(codes)]
    found = {one.result.request_id: one for one in render_on_stacks(engine, requests)}
    assert {name: (one.stack, one.result.notes[:1]) for name, one in found.items() if name in told} == {
        name: ("2021" if name == "jointhex" else "2022", (f"removed_name:{note}",))
        for name, note in told.items()
    }
    assert [found[name].stack for name in ("switches", "axes_added")] == ["2026", "2026"]
    # What the old names did: the axes are there, nothing of the labels is, densities have an area of 1.
    assert _ink(found["axes_of_figure"].result) > 0.02
    without = program(
        "import pandas as pd\nplt.plot([1, 2, 3, 4])\nplt.tick_params(top=False, labelbottom=False)"
    )
    hidden = engine.render_one(without, "python-2022")
    assert found["switch"].result.pixels_sha256 == hidden.pixels_sha256
    density = whole["hist_stacked"].replace("normed = True", "density=True")
    assert (
        found["hist_stacked"].result.pixels_sha256 == engine.render_one(density, "python-2022").pixels_sha256
    )


def _ink(result: RenderResult) -> float:
    """Return the share of the thumbnail's pixels that are not white."""
    assert result.thumbnail is not None
    return sum(value < 250 for value in result.thumbnail) / len(result.thumbnail)


def _asked(programs: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(name, "python", code) for name, code in programs.items()]


@_needs_stacks
@pytest.mark.slow
def test_the_first_stack_may_be_another_than_todays(engine: RenderEngine) -> None:
    found = _one(engine, program(OF_2024["tick_labels"]), "2024")
    assert (found.stack, [name for name, _ in found.before]) == ("2026", ["2024"])
    assert found.before[0][1].detail.startswith(
        "matplotlib boxplot(tick_labels): came with matplotlib 3.9; this is 3.8.4\n"
    )


@_needs_stacks
@pytest.mark.slow
def test_a_name_that_no_library_ever_had_is_the_programs_error(engine: RenderEngine) -> None:
    found = _one(engine, program("plt.plott(x)"))
    assert (found.result.reason, found.stack) == ("render.error", "2026")
    assert found.result.notes == ("unknown_name:matplotlib pyplot.plott",)
    assert [name for name, _ in found.before] == ["2024", "2022", "2021"]
    # Other errors are not tried elsewhere.
    assert _one(engine, program("plt.plot(x, x[:3])")).before == ()


@_needs_stacks
@pytest.mark.slow
def test_a_stacks_process_finds_its_own_libraries_alone_and_draws_the_same_each_time(
    engine: RenderEngine,
) -> None:
    code = program("import seaborn\nplt.title(plt.matplotlib.__version__ + seaborn.__version__)\nplt.plot(x)")
    pixels = {}
    for stack in STACKS:
        language = language_on("python", stack)
        twice = {engine.render_one(code, language).pixels_sha256 for _ in range(2)}
        assert len(twice) == 1
        pixels[stack] = twice.pop()
    assert len(set(pixels.values())) == len(set(map(fingerprint, _languages()))) == len(STACKS)
    foreign = "import sys, tiktoken\n"
    result: RenderResult = engine.render_one(foreign, language_on("python", "2022"))
    assert (result.reason, "tiktoken" in result.detail) == ("render.missing_dependency", True)


def _languages() -> list[str]:
    return [language_on("python", stack) for stack in STACKS]


def test_every_stack_is_a_renderer_of_python_and_none_a_language_of_rows() -> None:
    assert _languages() == ["python-2021", "python-2022", "python-2024", "python"]
    assert [LANGUAGES[name].variant_of for name in _languages()] == ["python"] * 3 + [""]
    assert language_on("svg", "2022") == "svg"
    assert usable_stacks("svg") == ()
    assert usable_stacks("python")[0] == "2026"


def test_programs_are_tried_in_the_order_of_years() -> None:
    assert order_from("2026") == ("2026", "2024", "2022", "2021")
    assert order_from("2024") == ("2024", "2026", "2022", "2021")
    assert order_from("2022") == ("2022", "2024", "2021", "2026")


def test_a_stack_is_there_once_its_installation_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STACKS_VARIABLE, str(tmp_path))
    python = tmp_path / "2022" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert not is_installed("2022")
    (tmp_path / "2022" / ".installed").touch()
    assert is_installed("2022")
    assert is_installed("2026")
    assert is_outdated("2022")  # by nothing, which is no file of pins
    pins = project_file("requirements/stacks/2022.txt").read_bytes()
    (tmp_path / "2022" / ".installed").write_bytes(pins)
    assert not any(map(is_outdated, STACKS))


@_needs_stacks
@pytest.mark.slow
def test_text_set_by_latex_is_refused_by_its_name(engine: RenderEngine) -> None:
    code = program("plt.rcParams['text.usetex'] = True\nplt.title('a')\nplt.plot(x)")
    for language in _languages():
        result = engine.render_one(code, language)
        assert (result.reason, "PermissionError: usetex has LaTeX" in result.detail) == (
            "render.forbidden",
            True,
        )
