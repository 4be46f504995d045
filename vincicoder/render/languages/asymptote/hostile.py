"""Programs that loop, use too much memory, read, write, or start other programs."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = 'size(100);\ndraw(unitcircle);\nlabel("neighbour", (0, 0));'

_DOT = "size(50); fill(unitsquare);"

_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("nothing_drawn", "render.no_output", "int x = 1;"),
    Hostile("syntax_error", "render.error", "size(100);\ndraw((0,0)--(1,1);", "line 2: syntax error"),
    Hostile("error_in_label", "render.error", 'size(99); label("$\\foo$", (0,0));', "Undefined control"),
    Hostile("unknown_module", "render.missing_dependency", "import nosuchmodule;", "nosuchmodule"),
    Hostile("endless_loop", "render.timeout", "while (true) {}"),
    Hostile("endless_recursion", "render.error", "int f(int n) { return f(n + 1); } f(0);", "Stack overflow"),
    Hostile("memory_bomb", "render.out_of_memory", "int[] a; while (true) a.append(array(10000000, 1));"),
    Hostile("message_flood", "render.output_limit", "while (true) write('" + "a" * 200 + "');"),
    Hostile(
        "file_flood",
        "render.output_limit",
        "file f = output('flood'); while (true) write(f, '" + "a" * 200 + "');",
    ),
    Hostile("read_system_file", "render.forbidden", f"file f = input('/etc/passwd'); {_DOT}", "/etc/passwd"),
    Hostile("read_canary", "render.forbidden", f"file f = input('@CANARY@'); {_DOT}"),
    Hostile("write_canary", "render.forbidden", f"file f = output('@CANARY@'); write(f, 'x'); {_DOT}"),
    Hostile("system_call", "render.forbidden", "import plain; system('id');"),
    # Settings may name any program: it runs without what it would need to do harm.
    Hostile("shell_as_ghostscript", "render.error", f"settings.gs = '/bin/sh'; {_DOT}"),
    Hostile("write18_in_label", "rendered", 'size(99); label("x\\write18{touch @CANARY@}", (0,0));'),
    Hostile("huge_picture", "render.too_large", "size(90000); fill(unitsquare);"),
    Hostile("worker_dies", "render.crashed", "size(50); fill(unitsquare); // @FAULT@ die", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
