"""Scripts that start programs, read, write, loop, grow, or ask for the time."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "set title 'neighbour'\nset grid\nplot sin(x) with lines, cos(x) with points"

_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("nothing_drawn", "render.no_output", "set title 'x'"),
    Hostile("syntax_error", "render.error", "set grid\nplot sin(x", "line 2: ')' expected"),
    Hostile("starts_a_program", "render.forbidden", 'x = system("id")\nplot x', "another program"),
    Hostile("runs_a_program", "render.forbidden", 'system "touch /tmp/owned"\nplot x', "another program"),
    Hostile("shell_line", "render.forbidden", "!touch /tmp/owned\nplot x"),
    Hostile("shell_in_text", "render.forbidden", 'set title "`id`"\nplot x'),
    Hostile("pipe_of_data", "render.forbidden", "plot '< cat /etc/passwd' using 1"),
    Hostile("words_about_programs", "rendered", "set title 'a system (< 5 ms), `quick`!'\nplot x"),
    Hostile("no_data", "render.missing_dependency", "plot 'rows.dat' using 1:2", "rows.dat"),
    Hostile("data_of_canary", "render.forbidden", "plot '@CANARY@' using 1"),
    Hostile("loads_a_file", "render.forbidden", "load '/etc/shadow'\nplot x", "/etc/shadow"),
    Hostile("writes_elsewhere", "render.forbidden", "set output '/tmp/owned.png'\nplot x", "outside"),
    Hostile("the_time", "render.forbidden", "set timestamp\nplot x", "the time"),
    Hostile("endless_loop", "render.timeout", "while (1) { a = 1 }\nplot x", "CPU time"),
    Hostile("swells", "render.out_of_memory", "array A[1000000000]\nplot x"),
    Hostile("message_flood", "render.output_limit", f"while (1) {{ print '{'a' * 500}' }}"),
    Hostile("huge_picture", "render.too_large", "set terminal svg size 20000,200\nplot x"),
    Hostile("worker_dies", "render.crashed", "plot x # @FAULT@ die ", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
