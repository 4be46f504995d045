"""Small programs in languages of which no corpus is here: of the kinds that CoSyn has."""

from __future__ import annotations

import json

from tests.render.own_set import language_of, own_samples, own_sets

_MARKS = ("bar", "line", "point", "area", "tick", "rect")
_TUNES = ("c4 d e f | g2 g", "a8 b c d e f g a | b1", "<c e g>2 <d f a> | <e g b>1", "c4. d8 e4 f | g1")


def _vega_lite(number: int) -> str:
    rows = [{"month": f"m{n}", "sales": (n * 7 + number) % 11, "kind": "ab"[n % 2]} for n in range(20)]
    encoding = {
        "x": {"field": "month", "type": "nominal"},
        "y": {"field": "sales", "type": "quantitative"},
        "color": {"field": "kind", "type": "nominal"},
    }
    mark = _MARKS[number % len(_MARKS)]
    return json.dumps(
        {"data": {"values": rows}, "mark": mark, "encoding": encoding, "title": f"no. {number}"}
    )


def _asymptote(number: int) -> str:
    return (
        "import graph;\nsize(300, 200, IgnoreAspect);\n"
        f"real f(real x) {{ return sin({number + 1} * x); }}\n"
        "draw(graph(f, 0, 6), red);\n"
        'xaxis("$x$", BottomTop, LeftTicks);\nyaxis("$y$", LeftRight, RightTicks);\n'
    )


def _lilypond(number: int) -> str:
    tune = _TUNES[number % len(_TUNES)]
    return (
        f'\\version "2.22.0"\n\\header {{ title = "Tune {number}" }}\n'
        f"\\relative c' {{ \\time 4/4 {tune} | {tune} }}\n"
    )


_GRAPH = (
    "import graphviz\ndot = graphviz.Digraph()\ndot.edges((str(n // 2), str(n)) for n in range(1, {}))\n"
    "dot.render('tree', format='png')\n"
)


def _graph(number: int) -> str:
    return _GRAPH.format(number + 8)


_WRITTEN = {
    "vega-lite": _vega_lite,
    "asymptote": _asymptote,
    "lilypond": _lilypond,
    "python-graphviz": _graph,
}


_SETS = tuple(name for name in own_sets() if language_of(name) == name)
OWN_LANGUAGES = (*_WRITTEN, *_SETS)


def own_programs(language: str, count: int) -> list[str]:
    """Return `count` programs of a language, or of `python-graphviz`; none where there are corpora."""
    if language in _SETS:
        return own_samples(language)[:count]
    write = _WRITTEN.get(language)
    return [write(number) for number in range(count)] if write else []
