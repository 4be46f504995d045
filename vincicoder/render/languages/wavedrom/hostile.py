"""WaveDrom descriptions that are programs, loop, grow, load, or take the page apart."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_WAVE = "{signal: [{name: 'clk', wave: 'p...'}, {name: 'data', wave: 'x3.x', data: ['A']}]}"


def _with(expression: str) -> str:
    return f"{{signal: [{{name: 'clk', wave: 'p..'}}], foot: {{text: ({expression})}}}}"


_SAMPLES = [
    Hostile("empty", "render.error", " "),
    Hostile("syntax_error", "render.error", "{signal: [", "Unexpected"),
    Hostile("no_list", "render.error", "{name: 'clk', wave: 'p..'}", "no list signal"),
    Hostile("no_object", "render.error", "'signal'", "no object"),
    Hostile(
        "another_skin",
        "render.missing_dependency",
        "{signal: [{wave: 'p.'}], config: {skin: 'lowkey'}}",
        "lowkey",
    ),
    Hostile("throws", "render.error", _with("(() => { throw new Error('boom'); })()"), "boom"),
    Hostile("unknown_name", "render.error", _with("clock.name"), "clock is not defined"),
    Hostile("calls_out", "rendered", _with("(fetch('http://127.0.0.1:@PORT@/').catch(() => {}), 'x')")),
    Hostile("reads_the_disk", "rendered", _with("(fetch('file:///etc/passwd').catch(() => {}), 'x')")),
    Hostile("picture_of_canary", "rendered", _with("(new Image().src = '@CANARY@')")),
    Hostile(
        "markup_in_name", "rendered", "{signal: [{name: '</script><script>for(;;);</script>', wave: 'p.'}]}"
    ),
    Hostile("too_many_bricks", "render.too_large", "{signal: [{wave: 'p'.padEnd(3000, '.')}]}"),
    Hostile("remembers", "rendered", _with("(localStorage.seen = window.name = 'seen')")),
    Hostile("breaks_the_library", "render.error", _with("(Array.prototype.map = undefined, 'x')")),
    Hostile("leaves_the_page", "render.error", _with("(location.href = 'about:blank')")),
]

SUITE = HostileSuite((_WAVE,), tuple(_SAMPLES))
