"""The kernel's memory killer, or an operator, ends a process in the middle of a sample: the sample is not
lost, not blamed, and its picture is the same."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.processes import descendants
from vincicoder.render.registry import why_unsupported

# Each takes about a second of CPU, so that there is a middle to be killed in.
_TEX_LOOP = (
    r"\newcount\a\newcount\b\loop\advance\a1 {\loop\advance\b1 \ifnum\b<20000 \repeat}\ifnum\a<150 \repeat"
)
_PAGE = """<h1>slow</h1><script>
const end = 3e8; let x = 0; for (let i = 0; i < end; i++) { x = (x * 31 + i) | 0; }
document.body.append(x);</script>"""
SLOW = {
    "latex": _TEX_LOOP + r"\begin{tikzpicture}\draw (0,0) circle (1);\end{tikzpicture}",
    "latex, cold": r"\documentclass{article}\begin{document}\directlua{local x = 0 "
    r"for i = 1, 100000000 do x = x + i end}slow\end{document}",
    "graphviz": 'digraph { size="9,9";' + ";".join(f"n{a}->n{b}" for a in range(34) for b in range(34)) + "}",
    "html": _PAGE,
    "html, browser": _PAGE,
    "asymptote": "int x; for (int i = 0; i < 3000000; ++i) { x += i; } draw(unitcircle);",
    "lilypond": "{ c' d' e' }",
}
_Chooser = Callable[[str], bool]  # by command line
_WORKING: dict[str, _Chooser] = {
    "latex": lambda line: "pdflatex" in line,
    "latex, cold": lambda line: "lualatex" in line,
    "graphviz": lambda line: line.startswith("dot"),
    "html": lambda line: "--type=renderer" in line,
    "html, browser": lambda line: "--type=renderer" in line,
    "asymptote": lambda line: line.startswith("asy"),
    "lilypond": lambda line: "lilypond" in line,
}
_VICTIMS = _WORKING | {
    "html, browser": lambda line: "--remote-debugging-pipe" in line and "--type=" not in line
}
_KEPT_WARM = ("html", "html, browser")  # what works is there before the sample


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(), workers=1) as opened:
        yield opened


def _render(engine: RenderEngine, name: str) -> RenderResult:
    language, code = name.partition(",")[0], SLOW[name]
    (result,) = engine.render([RenderRequest(name, language, code)])
    return result


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kill_in_the_middle(name: str, before: set[int], killed: list[int], stop: threading.Event) -> None:
    """Kill the victim once a process has worked on the sample for a while."""
    began: dict[int, float] = {}
    while not stop.is_set():
        lines = {pid: _command_line(pid) for pid in descendants(os.getpid())}
        for pid, line in lines.items():
            if (pid in before and name not in _KEPT_WARM) or not _WORKING[name](line):
                continue
            used = _cpu_seconds(pid)
            if used - began.setdefault(pid, used) >= 0.1:
                victim = pid if _VICTIMS[name](line) else next(p for p in lines if _VICTIMS[name](lines[p]))
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)
                return
        time.sleep(0.01)


@pytest.mark.parametrize("name", list(SLOW))
def test_a_sample_whose_process_is_killed_is_drawn_all_the_same(engine: RenderEngine, name: str) -> None:
    reason = why_unsupported(name.partition(",")[0])
    if reason:
        pytest.skip(reason)
    undisturbed = _render(engine, name)  # and what it needs is warm from here on
    assert undisturbed.status is RenderStatus.RENDERED, undisturbed.detail
    killed: list[int] = []
    stop = threading.Event()
    arguments = (name, set(descendants(os.getpid())), killed, stop)
    killer = threading.Thread(target=_kill_in_the_middle, args=arguments)
    killer.start()
    result = _render(engine, name)
    stop.set()
    killer.join()
    assert len(killed) == 1, "the sample was over before it could be disturbed"
    assert result.status is RenderStatus.RENDERED, result.detail
    assert result.pixels_sha256 == undisturbed.pixels_sha256
