"""The public conformance suite: it passes for a language that is well, and says what is wrong with others."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.imports import ROOT
from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.registry import LANGUAGES, ROW_LANGUAGES, why_unsupported
from vincicoder.render.self_check import arena, checks
from vincicoder.render.self_check.__main__ import main, run_checks

SVG = LANGUAGES["svg"]
SUITE = SVG.hostile()


@pytest.mark.skipif(bool(why_unsupported("graphviz")), reason=why_unsupported("graphviz"))
def test_the_command_prints_a_line_a_check() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vincicoder.render.self_check", "graphviz"],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(line.startswith("ok    ") for line in lines[:-1])
    assert [line for line in lines if line == "ok    hostile computes_without_end"]
    total = len(checks.SPEC_CHECKS) + 2 + len(LANGUAGES["graphviz"].hostile().samples)
    assert lines[-1] == f"graphviz: {total} checks pass, 0 fail" and len(lines) == total + 1


@pytest.mark.parametrize("arguments", [["cobol"], [], ["svg", "html"]])
def test_an_unknown_language_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(r"received (cobol|nothing|svg html); give one language: python, html, svg", said.err)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_language_passes_what_draws_nothing(language: str) -> None:
    if why_unsupported(language):
        pytest.skip(why_unsupported(language))
    slow = (checks.rules_end_soon, checks.fingerprint_is_the_same_everywhere)
    quick = [check for check in checks.SPEC_CHECKS if check not in slow]
    assert {check.__name__: check(LANGUAGES[language]) for check in quick} == {
        check.__name__: "" for check in quick
    }


def _broken(**changes: object) -> LanguageSpec:
    return replace(SVG, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "check", "says"),
    [
        (_broken(fences=("dot",)), checks.names_are_its_own, "the fence 'dot' is also one of graphviz"),
        (_broken(suffixes=(".htm",)), checks.names_are_its_own, "the suffix '.htm' is also one of html"),
        (_broken(suffixes=("svgz",)), checks.names_are_its_own, "'svgz': fences are in lower case"),
        (_broken(fences=("Vector",)), checks.names_are_its_own, "'Vector': fences are in lower case"),
        (_broken(suffixes=()), checks.names_are_its_own, "no suffix"),
        (_broken(domain="icons"), checks.names_are_its_own, "the domain 'icons' is none of chart"),
        (_broken(doubtful_fences=("vml",)), checks.names_are_its_own, "must be fences too"),
        (
            _broken(renderer=lambda: replace(SVG.renderer(), create=None)),
            checks.abilities_fit_together,
            "exactly one",
        ),
        (
            _broken(hands_over_to=("latex",)),
            checks.abilities_fit_together,
            "'latex', whose renderer has no render_page",
        ),
        (
            _broken(hands_over_to=("cobol",)),
            checks.abilities_fit_together,
            "'cobol', which is not registered",
        ),
        (
            _broken(hostile=lambda: HostileSuite(SUITE.neighbours, SUITE.samples[:3])),
            checks.attacks_are_many,
            "needed are a sample `empty`",
        ),
        (
            _broken(hostile=lambda: HostileSuite(SUITE.neighbours, SUITE.samples * 2)),
            checks.attacks_are_many,
            "names two samples",
        ),
        (
            _broken(syntax_error=lambda code: "line 1: no"),
            checks.examples_pass_its_own_rules,
            "refuses a harmless program: line 1: no",
        ),
        (
            _broken(map_comments=lambda code, change: code + change(" ")),
            checks.examples_pass_its_own_rules,
            "map_comments changes code",
        ),
        (_broken(title=""), checks.prompts_name_it, "a prompt does not name it"),
        (
            _broken(renderer=lambda: replace(SVG.renderer(), fingerprint=lambda: {"engine": ""})),
            checks.fingerprint_is_the_same_everywhere,
            "must map texts to texts",
        ),
    ],
)
def test_what_is_wrong_is_said(spec: LanguageSpec, check: checks.SpecCheck, says: str) -> None:
    assert says in check(spec)


@pytest.mark.skipif(bool(why_unsupported("svg")), reason=why_unsupported("svg"))
def test_a_wrong_expectation_of_a_hostile_sample_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_PIECES", ("# \n",))
    wrong = replace(SUITE.samples[0], expected="rendered")
    empty = Hostile("empty", "render.error", " ")
    spec = _broken(hostile=lambda: HostileSuite(SUITE.neighbours[:1], (wrong, empty)))
    found = dict(run_checks(spec))
    assert found[f"hostile {wrong.name}"].startswith("render.forbidden instead of rendered")
    assert found["hostile empty"] == ""
    assert found["attacks are many"] != "" and found["pictures are the same each time"] == ""


_SLOW = """import time
while time.process_time() < 1.5:
    pass
import matplotlib.pyplot as plt
plt.plot([1, 2])
"""


@pytest.mark.skipif(bool(why_unsupported("python")), reason=why_unsupported("python"))
def test_a_slow_machine_is_not_taken_for_a_sample_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arena, "LIMITS", replace(arena.LIMITS, cpu_seconds=1))
    with arena.Arena() as opened:
        monkeypatch.setattr(opened, "_changed_neighbours", lambda *_: [])  # one second is few for them
        opened.render("python", "x = 1")  # its worker starts, and is not taken for what an attack left
        assert opened.attack("python", Hostile("slow", "rendered", _SLOW)) == []
        (wrong,) = opened.attack("python", Hostile("slow", "render.timeout", _SLOW, "over 20 s"))
        assert wrong == "the detail does not say 'over 20 s': over 1 s of CPU time"


def test_a_rule_whose_time_doubles_with_every_comment_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_MOST_CPU_SECONDS", 0.1)
    monkeypatch.setattr(checks, "_PIECES", ("# \n",))
    spec = _broken(start=re.compile(r"(?:#[^\n]*\s+)*import"))
    assert re.match(r"start takes \d+\.\d s of CPU for (18|2\d) times '# \\n'", checks.rules_end_soon(spec))
    assert checks.rules_end_soon(_broken(start=re.compile(r"(?:#[^\n]*+\s++)*+import"))) == ""


def test_missing_tools_are_one_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_PIECES", ("# \n",))
    monkeypatch.setattr(checks, "why_unsupported", lambda language: f"install {language}")
    found = list(run_checks(SVG))
    assert found[-1][0] == "tools are here" and found[-1][1].startswith("install svg")


def test_every_language_of_rows_has_a_folder_of_its_own() -> None:
    folders = {path.parent.name for path in (ROOT / "vincicoder/render/languages").glob("*/spec.py")}
    assert folders == {name.replace("-", "_") for name in ROW_LANGUAGES}
