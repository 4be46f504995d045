"""What the project knows of Python (see `LanguageSpec`)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from vincicoder.render.languages.python import text
from vincicoder.render.languages.python.chart_type import chart_type
from vincicoder.render.languages.python.data_names import data_names
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.when_used import when_used
from vincicoder.render.protocol import LanguageRenderer
from vincicoder.render.stacks import OTHERS, TODAY


def _renderer_on(stack: str) -> LanguageRenderer[Any]:
    from vincicoder.render.languages.python.renderer import renderer_on

    return renderer_on(stack)


SPEC = LanguageSpec(
    name="python",
    title="Python",
    domain="chart",
    fences=(
        *("python3", "python2", "py", "py3", "ipython", "ipython3", "python-repl"),
        *("matplotlib", "plotly", "schemdraw", "rdkit"),
    ),
    suffixes=(".py",),
    stack=TODAY,
    renderer=when_used("vincicoder.render.languages.python.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.python.hostile", "SUITE"),
    recycle_after=5000,
    scratch_mb=16,
    hands_over_to=("html", "graphviz"),
    tokens=text.TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    recognise=text.recognise,
    guess_rank=90,
    chart_type=chart_type,
    data_names=data_names,
    faults=when_used("vincicoder.refine.python_faults", "python_faults"),
)

ON_OTHER_STACKS = tuple(
    replace(
        SPEC,
        name=f"{SPEC.name}-{stack}",
        variant_of=SPEC.name,
        stack=stack,
        fences=(),
        suffixes=(),
        start=None,
        recognise=None,
        faults=None,
        renderer=partial(_renderer_on, stack),
        hostile=when_used("vincicoder.render.languages.python.hostile_on_stack", "SUITE"),
    )
    for stack in OTHERS
)
