"""Mermaid and Vega-Lite as libraries of several versions draw them: the real files of `make libraries`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from vincicoder.render import RenderEngine, RenderRequest, RenderStatus, fingerprint
from vincicoder.render.on_stacks import OnStack, render_on_stacks, usable_stacks
from vincicoder.render.registry import LANGUAGES, language_on, stack_named_in, stacks_of, why_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

_STACKS = ("mermaid-10", "mermaid-11", "mermaid", "vega-lite-5", "vega-lite-6", "vega-lite")
_MISSING = [reason for reason in map(why_unsupported, _STACKS) if reason]
pytestmark = pytest.mark.skipif(bool(_MISSING), reason="; ".join(_MISSING))

_FLOWCHART = "flowchart LR\n A --> B"
_KANBAN = "kanban\n todo\n  one[write]"  # not known to Mermaid 10
_CAPITALS = "gitGraph\n COMMIT"  # the parser of Mermaid 10 was the last that took them
_NO_DIAGRAM = "flowchart LR\n  A --> B(("


def _points(schema: str) -> str:
    axis = {"field": "b", "type": "quantitative"}
    rows = {"values": [{"b": 3}, {"b": 5}]}
    specification = {"data": rows, "mark": "point", "encoding": {"x": axis, "y": axis}}
    named = {"$schema": f"https://vega.github.io/schema/vega-lite/{schema}.json"} if schema else {}
    return json.dumps({**named, **specification})


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=1) as opened:
        yield opened


def _on(engine: RenderEngine, language: str, code: str, first: str = "") -> OnStack:
    (found,) = render_on_stacks(engine, [RenderRequest("1", language_on(language, first), code)])
    return found


def test_each_version_has_its_own_look_and_fingerprint(engine: RenderEngine) -> None:
    sizes = {}
    for name in ("mermaid-10", "mermaid-11", "mermaid"):
        result = engine.render_one(_FLOWCHART, name)
        sizes[LANGUAGES[name].stack] = (result.width, result.height)
    assert sizes == {"10": (134, 65), "11": (224, 86), "12": (376, 77)}
    assert len(set(map(fingerprint, _STACKS))) == len(_STACKS)
    assert stacks_of("mermaid") == ("10", "11", "12") and stacks_of("vega-lite") == ("5", "6")
    assert stacks_of("svg") == usable_stacks("svg") == ()


@pytest.mark.parametrize(
    ("code", "first", "stack", "before"),
    [
        (_FLOWCHART, "", "12", []),
        (_FLOWCHART, "2022", "12", []),  # a source of old charts with some diagrams
        (_FLOWCHART, "11", "11", []),
        (_KANBAN, "10", "11", ["10"]),
        (_CAPITALS, "", "10", ["12", "11"]),
    ],
)
def test_a_diagram_that_a_version_does_not_know_is_drawn_by_another(
    engine: RenderEngine, code: str, first: str, stack: str, before: list[str]
) -> None:
    found = _on(engine, "mermaid", code, first)
    assert found.result.status is RenderStatus.RENDERED, found.result.detail
    assert (found.stack, [name for name, _ in found.before]) == (stack, before)
    kind = code.split(maxsplit=1)[0].lower()
    assert (f"removed_name:mermaid {kind}" in found.result.notes) == bool(before)


def test_what_no_version_draws_has_the_reason_of_the_first(engine: RenderEngine) -> None:
    found = _on(engine, "mermaid", _NO_DIAGRAM)
    assert found.result.reason is not None and found.result.reason.value == "render.error"
    assert found.result.fingerprint == fingerprint("mermaid")
    assert (found.stack, [name for name, _ in found.before]) == ("12", ["11", "10"])


@pytest.mark.parametrize(
    ("schema", "first", "stack"),
    [
        *(("v5", "", "5"), ("v5.20.1", "6", "5"), ("v4", "", "5"), ("v2.6.0", "", "5"), ("v6", "5", "6")),
        *(("v6.1.0", "", "6"), ("v17", "", "6"), ("", "", "6"), ("", "5", "5")),
    ],
)
def test_a_specification_is_drawn_by_the_version_that_it_names(
    engine: RenderEngine, schema: str, first: str, stack: str
) -> None:
    found = _on(engine, "vega-lite", _points(schema), first)
    inside = {"5": 200, "6": 300}[stack]
    assert found.stack == stack
    assert inside + 40 < found.result.width < inside + 80 and inside + 40 < found.result.height < inside + 80
    if schema:  # asked for without a stack, as by the reward, it is the same
        plain = engine.render_one(_points(schema), "vega-lite")
        assert plain.pixels_sha256 == found.result.pixels_sha256
    other = {"5": "6", "6": "5"}[stack]
    assert engine.render_one(_points(schema), f"vega-lite-{other}").width != found.result.width


def test_only_a_schema_names_a_version() -> None:
    assert stack_named_in(_FLOWCHART, "mermaid") == "" == stack_named_in("x", "cobol")
    assert stack_named_in('{"title": "vega-lite/v5", "mark": "bar"}', "vega-lite") == ""
