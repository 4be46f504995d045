"""Documents that read files, want packages, loop, grow, or ask for the day."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "#set page(width: 200pt, height: auto)\n= Neighbour\n$ sum_(k=1)^n k = (n (n + 1)) / 2 $"

_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("syntax_error", "render.error", "= One\n$ x^2", "line 2: unclosed delimiter"),
    Hostile("reads_a_system_file", "render.missing_dependency", '#read("/etc/passwd")', "etc/passwd"),
    Hostile("reads_above", "render.forbidden", '#read("../../../../../etc/passwd")', "etc/passwd"),
    Hostile("picture_of_a_file", "render.missing_dependency", '#image("cat.png")', "cat.png"),
    Hostile("plugin", "render.missing_dependency", '#plugin("a.wasm")', "a.wasm"),
    Hostile(
        "package_from_afar",
        "render.missing_dependency",
        '#import "@preview/cetz:0.3.4": canvas\n#canvas({})',
        "@preview/cetz:0.3.4",
    ),
    Hostile("the_day", "render.forbidden", "#datetime.today().display()", "no two pictures"),
    Hostile("endless_recursion", "render.error", "#let f(x) = f(x)\n#f(1)", "maximum function call depth"),
    Hostile("endless_loop", "render.error", "#while true {}", "always true"),
    Hostile(
        "long_loop",
        "render.timeout",
        "#let n = 0\n#for i in range(99999) { for j in range(99999) { n += j } }",
        "CPU time",
    ),
    Hostile("swells", "render.out_of_memory", '#let x = "aaaaaaaa"\n#for i in range(40) { x = x + x }'),
    Hostile("huge_page", "render.too_large", "#set page(width: 90000pt, fill: red)\nx"),
    Hostile("many_pages", "render.too_large", "#for i in range(60) [a #pagebreak()]", "pages"),
    Hostile("worker_dies", "render.crashed", "x // @FAULT@ die ", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
