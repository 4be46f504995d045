"""Diagrams that read files and addresses, ask about the machine, loop, grow, or write elsewhere."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "@startuml\nclass Neighbour {\n  name : text\n}\nNeighbour <|-- Other : label\n@enduml"


def _uml(body: str) -> str:
    return f"@startuml\n{body}\n@enduml"


_COUNT = (
    "!function ${name}()\n!$n = 0\n!while $n < 900\n!$n = $n + 1\n{call}\n!endwhile\n"
    "!return $n\n!endfunction\n"
)

_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("syntax_error", "render.error", _uml("A -> B\nthis is wrong"), "line 3: Syntax Error"),
    Hostile("include_file", "render.forbidden", _uml("!include /etc/passwd\nA -> B"), "/etc/passwd"),
    Hostile(
        "include_neighbour", "render.missing_dependency", _uml("!include other.puml\nA -> B"), "other.puml"
    ),
    Hostile("include_loopback", "render.missing_dependency", _uml("!include http://127.0.0.1:@PORT@/a.puml")),
    Hostile(
        "theme_loopback", "render.missing_dependency", _uml("!theme x from http://127.0.0.1:@PORT@/\nA -> B")
    ),
    Hostile(
        "picture_loopback", "render.missing_dependency", _uml("A -> B : <img:http://127.0.0.1:@PORT@/a.png>")
    ),
    Hostile("environment", "render.forbidden", _uml('A -> B : %getenv("VINCICODER_CANARY")'), "this machine"),
    Hostile("data_of_file", "render.forbidden", _uml('!$j = %load_json("@CANARY@")\nA -> B : $j')),
    Hostile("the_day", "render.forbidden", _uml("A -> B : %date()"), "the time"),
    Hostile("imports_a_jar", "render.forbidden", _uml("!import @CANARY@\nA -> B")),
    Hostile("writes_elsewhere", "rendered", "@startuml ../../../../../tmp/owned\nA -> B\n@enduml"),
    Hostile(
        "loops_in_loops",
        "render.timeout",
        _uml(
            _COUNT.format(name="a", call="!$x = $n")
            + _COUNT.format(name="b", call="!$x = $a()")
            + _COUNT.format(name="c", call="!$x = $b()")
            + "A -> B : $c()"
        ),
        "CPU time",
    ),
    Hostile(
        "swells", "render.out_of_memory", _uml('!$x = "aaaaaaaa"\n!while 1\n!$x = $x + $x\n!endwhile\nA -> B')
    ),
    Hostile("endless_rows", "render.too_large", _uml("A -> B : x\n" * 900)),
    Hostile("worker_dies", "render.crashed", _uml("A -> B\n' @FAULT@ die "), "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
