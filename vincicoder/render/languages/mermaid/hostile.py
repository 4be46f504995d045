"""Diagrams that try to run scripts, to use the network, to grow, or to change the next diagram."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "flowchart TD\n  N[neighbour] -->|label| O(other)\n  classDef x fill:#fc0\n  class N x"

_TALL = "document.body.style.height='99999px'"


def _deep(levels: int) -> str:
    return (
        "flowchart TD\n" + "".join(f"subgraph s{n}\n" for n in range(levels)) + "a-->b\n" + "end\n" * levels
    )


_SAMPLES = [
    Hostile("empty", "render.error", " "),
    Hostile("syntax_error", "render.error", "flowchart TD\n  A --> \n  B((", "Parse error on line"),
    Hostile("no_diagram", "render.error", "Here is your diagram:", "No diagram type detected"),
    Hostile("script_in_label", "rendered", f'flowchart TD\n  A["<script>{_TALL}</script>x"] --> B'),
    Hostile("handler_in_label", "rendered", f'flowchart TD\n  A["<img src=x onerror={_TALL}>"] --> B'),
    Hostile("script_link", "rendered", 'flowchart TD\n  A --> B\n  click A "javascript:for(;;);" "tip"'),
    Hostile("callback", "rendered", 'flowchart TD\n  A --> B\n  click A call alert("x")'),
    Hostile(
        "loose_security",
        "rendered",
        '%%{init: {"securityLevel": "loose", "htmlLabels": true, "secure": []}}%%\n'
        f'flowchart TD\n  A["<img src=x onerror={_TALL}>"] --> B',
    ),
    Hostile(
        "polluted_prototype",
        "rendered",
        '%%{init: {"__proto__": {"theme": "dark"}, "constructor": {"prototype": {"leak": 1}}}}%%\n'
        "flowchart TD\n  A --> B",
    ),
    Hostile(
        "changed_theme",
        "rendered",
        '%%{init: {"theme": "dark", "themeVariables": {"fontSize": "40px"}, "look": "handDrawn"}}%%\n'
        "flowchart TD\n  A --> B",
    ),
    Hostile(
        "leaking_style",
        "rendered",
        '%%{init: {"themeCSS": "} * { fill: red !important; font-size: 60px !important } .x {"}}%%\n'
        "flowchart TD\n  A --> B",
    ),
    Hostile(
        "pictures_from_loopback",
        "render.missing_dependency",
        'flowchart TD\n  A@{ img: "http://127.0.0.1:@PORT@/a.png", label: "x", w: 60, h: 60 } --> B',
    ),
    Hostile(
        "picture_from_file",
        "render.missing_dependency",
        'flowchart TD\n  A@{ img: "file://@CANARY@", label: "x" } --> B',
    ),
    Hostile("same_names", "rendered", "flowchart TD\n  N[another] --> O[one]\n  classDef x fill:#000"),
    Hostile("hoard_of_edges", "render.error", "flowchart TD\n" + "a-->b\n" * 3000, "Edge limit"),
    Hostile("computes_without_end", "render.timeout", "flowchart TD\n  A --> B\n%% @FAULT@ burn", "CPU time"),
    Hostile("crashes", "render.crashed", "flowchart TD\n  A --> B\n%% @FAULT@ die", "signal 11"),
    Hostile("endless_row", "render.too_large", "flowchart LR\n" + "-->".join(f"n{n}" for n in range(90))),
    Hostile("deep_nesting", "rendered", _deep(12)),
    Hostile(
        "style_from_loopback",
        "rendered",
        '%%{init: {"themeCSS": "@import url(http://127.0.0.1:@PORT@/a.css);"}}%%\nflowchart TD\n  A --> B',
    ),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
