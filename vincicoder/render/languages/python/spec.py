"""Python's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.python import text
from vincicoder.render.languages.spec import LanguageSpec

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.python.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.python.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="python",
    title="Python",
    domain="chart",
    fences=(
        *("python3", "python2", "py", "py3", "ipython", "ipython3", "python-repl"),
        *("matplotlib", "plotly", "schemdraw", "rdkit"),
    ),
    suffixes=(".py",),
    renderer=_renderer,
    hostile=_hostile,
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
)
