"""Scores whose Scheme loops, grows, reads, writes, forks, or sends signals."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "{ c'4 d' e' f' | g'1 }"


def _scheme(code: str) -> str:
    return f"#{code}\n{{ c'4 }}"


_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("no_score", "render.no_output", "x = 3"),
    Hostile("syntax_error", "render.error", "{ c'4\n  d'", "line 2: syntax error"),
    Hostile("unknown_note", "render.error", "{ c'4 \\nosuch d' }", "line 1"),
    Hostile("unknown_include", "render.missing_dependency", '\\include "nosuch.ly"\n{ c }', "nosuch.ly"),
    Hostile("newer_version", "render.missing_dependency", '\\version "9.9.9"\n{ c }', "program too old"),
    Hostile("include_system_file", "render.forbidden", '\\include "/etc/passwd"\n{ c }', "/etc/passwd"),
    Hostile("read_canary", "render.forbidden", _scheme('(call-with-input-file "@CANARY@" read-char)')),
    Hostile(
        "write_canary",
        "render.forbidden",
        _scheme('(call-with-output-file "@CANARY@" (lambda (p) (display 1 p)))'),
    ),
    Hostile("endless_loop", "render.timeout", _scheme("(let loop () (loop))")),
    Hostile(
        "memory_bomb",
        "render.out_of_memory",
        _scheme("(let loop ((l '())) (loop (cons (make-vector 100000000 0) l)))"),
    ),
    # In large pieces: what ends them is to be their size, and not their CPU time on a slow machine.
    Hostile(
        "message_flood",
        "render.output_limit",
        _scheme("(let ((s (make-string 1000000 #\\a))) (let loop () (display s) (loop)))"),
    ),
    Hostile(
        "file_flood",
        "render.output_limit",
        _scheme(
            '(let ((p (open-output-file "flood")) (s (make-string 1000000 #\\a)))'
            " (let loop () (display s p) (loop)))"
        ),
    ),
    Hostile("fork", "render.forbidden", _scheme("(primitive-fork)"), "Operation not permitted"),
    Hostile(
        "fork_bomb",
        "render.timeout",
        _scheme("(let loop () (catch #t primitive-fork (lambda _ #f)) (loop))"),
    ),
    Hostile("socket", "render.forbidden", _scheme("(socket PF_INET SOCK_STREAM 0)")),
    Hostile("signal_to_all", "render.forbidden", _scheme("(kill -1 9)")),
    Hostile("another_program", "render.error", _scheme('(execl "/bin/sh" "sh" "-c" "sleep 60 & exit 0")')),
    Hostile("early_exit", "render.no_output", _scheme("(primitive-_exit 0)")),
    Hostile("hostile_postscript", "render.error", '\\markup \\postscript "(/etc/passwd) (r) file"'),
    Hostile("endless_postscript", "render.timeout", '\\markup \\postscript "{ } loop"'),
    Hostile(
        "link_as_picture",
        "rendered",
        _scheme('(symlink "/etc/passwd" "page-001.png")'),
    ),
    Hostile("worker_dies", "render.crashed", "{ c'4 } % @FAULT@ die", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
