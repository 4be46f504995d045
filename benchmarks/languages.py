"""CPU seconds a sample in the engine, of languages that have no usual way to be compared with.

    python -m benchmarks.languages --samples 12 --json languages.json

One warm worker, all processes counted. Mermaid and Graphviz samples come from the corpora that are here, the
others are written below: small ones of the kinds that CoSyn has. The machine's load is printed, as times
on a busy one are longer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path

from benchmarks.render import render_one
from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderStatus
from vincicoder.render.sandbox.kernel import adopt_orphans

_WARM_UP_SAMPLES = 2
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


_WRITTEN = {"vega-lite": _vega_lite, "asymptote": _asymptote, "lilypond": _lilypond}
_GRAPH = (
    "import graphviz\ndot = graphviz.Digraph()\ndot.edges((str(n // 2), str(n)) for n in range(1, {}))\n"
    "dot.render('tree', format='png')\n"
)


def _samples(language: str, count: int) -> list[str]:
    if language == "python-graphviz":
        return [_GRAPH.format(number + 8) for number in range(count)]
    if language in _WRITTEN:
        return [_WRITTEN[language](number) for number in range(count)]
    return pick_samples(language, count, "")


def measure(language: str, samples: list[str]) -> dict[str, float]:
    """Return CPU milliseconds a sample, and how many were drawn."""
    times: list[float] = []
    with RenderEngine(workers=1, output="pixels", measure=False) as engine:
        for number, code in enumerate(samples):
            result, seconds = render_one(engine, language.partition("-graphviz")[0], code)
            if number >= _WARM_UP_SAMPLES and result.status is RenderStatus.RENDERED:
                times.append(seconds * 1000)
    return {
        "mean_ms": round(statistics.fmean(times)),
        "median_ms": round(statistics.median(times)),
        "drawn": len(times),
    }


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=12, help="samples per language")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    chosen = ["mermaid", "graphviz", "python-graphviz", *_WRITTEN]
    parser.add_argument("--languages", nargs="+", default=chosen, choices=chosen)
    options = parser.parse_args()
    adopt_orphans()  # so that the processes that browsers leave behind are counted
    figures: dict[str, dict[str, float]] = {}
    for language in options.languages:
        figures[language] = measure(language, _samples(language, options.samples + _WARM_UP_SAMPLES))
        figures[language]["load"] = round(os.getloadavg()[0], 1)
        print(f"{language:>16} {figures[language]}", flush=True)
        if options.json is not None:
            options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
