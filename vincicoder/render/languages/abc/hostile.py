"""Tunes that carry PostScript: it reads, writes, loops and grows; and tunes that include files."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_HEAD = "X:1\nT:Tune\nL:1/4\nK:C\n"
_NEIGHBOUR = "X:1\nT:Neighbour\nM:3/4\nL:1/4\nK:G\nGAB|c2d|[GBd]3|]"


def _postscript(program: str) -> str:
    return f"X:1\nT:Tune\n%%beginps\n{program}\n%%endps\nK:C\nCDE|\n"


_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("no_tune", "render.no_output", "X:1\nT:A title, and no key\n"),
    Hostile("syntax_error", "render.error", f"{_HEAD}CDE[|zzz$$$ (((((\n", "line 5:"),
    Hostile("includes_a_file", "render.forbidden", f"%%abc-include /etc/passwd\n{_HEAD}CDE|", "/etc/passwd"),
    Hostile("format_of_a_file", "render.missing_dependency", f"%%format own.fmt\n{_HEAD}CDE|", "own.fmt"),
    Hostile("picture_of_a_file", "render.missing_dependency", f"{_HEAD}%%EPS cat.eps\nCDE|", "cat.eps"),
    Hostile("the_day", "render.forbidden", f'%%footer "$d"\n{_HEAD}CDE|', "no two pictures"),
    Hostile("reads_the_canary", "render.forbidden", _postscript("(@CANARY@) (r) file pop"), "opens a file"),
    Hostile("writes_the_canary", "render.forbidden", _postscript("(@CANARY@) (w) file pop")),
    Hostile("starts_a_program", "render.forbidden", _postscript("(%pipe%touch /tmp/owned) (w) file pop")),
    Hostile("endless_loop", "render.timeout", _postscript("{ } loop"), "CPU time"),
    Hostile("message_flood", "render.output_limit", _postscript("{ (flood of words) = } loop")),
    Hostile("many_pages", "render.too_large", f"{_HEAD}" + "%%newpage\nCDE|\n" * 60, "pages"),
    Hostile("worker_dies", "render.crashed", f"{_HEAD}CDE|\n% @FAULT@ die ", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
