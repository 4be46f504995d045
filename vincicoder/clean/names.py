"""Python that must fail: undefined names and wrong format strings, found by ruff.

One ruff process looks at all programs of a batch. It knows what the code says, not what runs; so a
finding counts only where the line is sure to run: outside functions, branches, loops and `try`, in a
program that defines no names at run time.
"""

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruff import find_ruff_bin

from vincicoder import syntax_tree
from vincicoder.clean.filter import FilterResult
from vincicoder.sample import InfrastructureError, Reason, Rejection

# Pyflakes' rules for what fails as soon as it runs: an undefined name, a %-format whose values do not
# fit its places, a format() call that lacks one.
RULES = ("F821", "F502", "F503", "F505", "F506", "F507", "F524")
_OF_NOTEBOOKS = ("Undefined name `display`",)  # every renderer of Python has it, as a notebook does
_SECONDS = 120
_DEFINES_AT_RUN_TIME = re.compile(
    r"\b(?:exec|eval|globals|locals|vars|setattr|get_ipython)\s*\(|\bimport\s+\*|__builtins__|\bbuiltins\b"
)
_UNSURE = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.Try,
    ast.TryStar,
    ast.If,
    ast.IfExp,
    ast.BoolOp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Match,
    ast.Assert,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def undefined_names(codes: Sequence[str]) -> Sequence[FilterResult]:
    """Reject the programs that are sure to fail. Raises `InfrastructureError` where ruff can't run."""
    verdicts: list[FilterResult] = [None] * len(codes)
    for row, findings in _findings(codes).items():
        code = codes[row]
        if _DEFINES_AT_RUN_TIME.search(code):
            continue
        sure = _sure_lines(code)
        for line, rule, message in findings:
            if line in sure and message not in _OF_NOTEBOOKS:
                verdicts[row] = Rejection(Reason.CLEAN_UNDEFINED_NAME, f"line {line}: {message} ({rule})")
                break
    return verdicts


def _findings(codes: Sequence[str]) -> dict[int, list[tuple[int, str, str]]]:
    """Return ruff's findings by row: (line, rule, message), in the order of the lines."""
    try:
        answers = _run_ruff(codes)
    except _CrashedError as error:
        # One program that breaks ruff must not cost the others their verdicts, nor itself its place.
        if len(codes) == 1:
            return {}
        if not codes:
            raise InfrastructureError(f"ruff fails on nothing: {error}") from error
        half = len(codes) // 2
        found = _findings(codes[:half])
        return found | {row + half: lines for row, lines in _findings(codes[half:]).items()}
    found = {}
    for answer in answers:
        if answer["code"] in RULES:
            row = int(Path(answer["filename"]).stem)
            found.setdefault(row, []).append((answer["location"]["row"], answer["code"], answer["message"]))
    return {row: sorted(lines) for row, lines in found.items()}


class _CrashedError(Exception):
    pass


def _run_ruff(codes: Sequence[str]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="vincicoder-ruff-") as folder:
        for row, code in enumerate(codes):
            (Path(folder) / f"{row}.py").write_bytes(code.encode("utf-8", "replace"))
        try:
            done = subprocess.run(
                [
                    *(find_ruff_bin(), "check", "--isolated", "--no-cache", "--quiet", "--ignore-noqa"),
                    *("--target-version", "py311", "--select", ",".join(RULES)),
                    *("--output-format", "json", "--exit-zero", folder),
                ],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise InfrastructureError(f"ruff can't be started: {error}; install it again") from error
        except subprocess.TimeoutExpired as error:
            raise _CrashedError(str(error)) from error
    if done.returncode == -signal.SIGKILL:  # by somebody else, such as a kernel that is short of memory
        raise InfrastructureError("ruff was killed: try again")
    if done.returncode != 0:
        raise _CrashedError(f"exit status {done.returncode}: {done.stderr[-300:]!r}")
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def _sure_lines(code: str) -> set[int]:
    """Return the lines of the statements that run whenever the program does."""
    lines: set[int] = set()
    for statement in syntax_tree.parse(code).body:
        if not any(isinstance(node, _UNSURE) for node in ast.walk(statement)):
            lines.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return lines
