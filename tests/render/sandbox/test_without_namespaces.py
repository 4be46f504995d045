"""In a container that forbids namespaces: it is said loudly, samples are drawn and held, `require` refuses.

The probe and the engine run for real, under a seccomp filter that refuses what such a container refuses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.render.engine.test_engine_survival import CHART, SQUARE
from vincicoder.render.registry import why_unsupported
from vincicoder.render.sandbox.paths import package_root

WRAPPER = Path(__file__).with_name("without_namespaces.py")
GOOD = {
    "python": CHART,
    "svg": SQUARE,
    "html": "<h1>hello</h1>",
    "latex": r"\begin{tikzpicture}\draw (0,0) circle (1);\end{tikzpicture}",
    "graphviz": "digraph { a -> b }",
}
# Sees the environment of every process that it may look at, and may list none; finds the number of secrets.
_LUA = rf"""\documentclass{{article}}\begin{{document}}\directlua{{
local found = 0
for name = {max(1, os.getpid() - 1000)}, {os.getpid() + 5000} do
  local file = io.open('/proc/' .. name .. '/environ')
  if file then local text = file:read('*a')
    if text and text:find('the-secret', 1, true) then found = found + 1 end end
end
assert(found == 0, 'found ' .. found) }}x\end{{document}}"""
_MANY_FILES = r"""\documentclass{article}\begin{document}\directlua{
local block = string.rep('x', 4000000)
for n = 1, 1000000 do
  local file = io.open(n .. '.txt', 'w')
  file:write(block)
  file:close()
end }x\end{document}"""
ATTACKS = {
    "python parent's environment": f"open('/proc/{os.getppid()}/environ').read()",
    "latex everyone's environment": _LUA,
    "python fork": "import os; os.fork()",
    "python socket": "import socket; socket.socket()",
    "python files": "open('/etc/passwd').read()",
    "python many files": "x = bytes(4_000_000)\nfor n in range(10**6): open(f'f{n}', 'wb').write(x)",
    "latex many files": _MANY_FILES,
    "html loop": "<script>while (true) {}</script>",
}
_RENDER = """
import json, logging, sys
logging.basicConfig(format="%(levelname)s %(message)s")
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
requests = [RenderRequest(name, name.split()[0], code) for name, code in json.load(sys.stdin).items()]
with RenderEngine(RenderLimits(cpu_seconds=6, output_mb=16), workers=2) as engine:
    results = list(engine.render(requests))
print(json.dumps({r.request_id: [r.reason.value if r.reason else r.status.value, r.detail,
    r.pixels_sha256] for r in results}))
"""


def run(*command: str, confined: bool = True, given: str = "") -> subprocess.CompletedProcess[str]:
    wrapper = [sys.executable, str(WRAPPER)] if confined else []
    return subprocess.run(
        [*wrapper, sys.executable, *command],
        env={**os.environ, "PYTHONPATH": str(package_root()), "VINCICODER_CANARY": "the-secret"},
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@cache
def _rendered(confined: bool) -> tuple[dict[str, Any], str]:
    samples = {name: code for name, code in (GOOD | ATTACKS).items() if not why_unsupported(name.split()[0])}
    done = run("-c", _RENDER, confined=confined, given=json.dumps(samples))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_the_missing_layer_is_said_and_samples_are_drawn_the_same() -> None:
    results, said = _rendered(confined=True)
    as_usual, quiet = _rendered(confined=False)
    assert "WARNING SAMPLES RUN WITH FEWER LAYERS OF SANDBOX: missing here: namespaces (" in said
    assert "Operation not permitted" in said
    assert quiet == ""
    drawn = [name for name in GOOD if name in results]
    assert len(drawn) >= 2
    for name in drawn:
        assert results[name][0] == "rendered", results[name]
        assert results[name][2] == as_usual[name][2]


def test_the_other_layers_hold_the_attacks() -> None:
    results, _ = _rendered(confined=True)
    expected = {
        "python parent's environment": "render.forbidden",
        "latex everyone's environment": "rendered",
        "python fork": "render.forbidden",
        "python socket": "render.forbidden",
        "python files": "render.forbidden",
        "python many files": "render.output_limit",
        "latex many files": "render.output_limit",
        "html loop": "render.timeout",
    }
    seen = {name: results[name][0] for name in ATTACKS if name in results}
    assert seen == {name: reason for name, reason in expected.items() if name in seen}, results


_REPLACE_A_BROWSER = """
import os
from vincicoder.render.self_check.processes import lasting_zombies
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
bomb = "<script>kept = new Uint8Array(700 << 20).fill(1); for (let n = 0; n < 3e8; n++);</script>"
codes = ["<h1>hello</h1>", bomb, "<h1>hello</h1>"]
with RenderEngine(RenderLimits(memory_mb=500), workers=1) as engine:
    guards = set()
    for code in codes:
        (result,) = engine.render([RenderRequest("page", "html", code)])
        guards.update(engine.worker_processes())
        print(result.reason.value if result.reason else result.status.value)
    print(len(guards), lasting_zombies(os.getpid()))
"""


def test_what_a_replaced_browser_leaves_is_reaped() -> None:
    if why_unsupported("html"):
        pytest.skip(why_unsupported("html"))
    done = run("-c", _REPLACE_A_BROWSER)
    assert done.stdout.splitlines() == ["rendered", "render.out_of_memory", "rendered", "1 []"]


def test_a_required_sandbox_refuses_and_names_the_layer() -> None:
    code = "from vincicoder.render import RenderEngine\nRenderEngine(require_sandbox=True).__enter__()"
    done = run("-c", code)
    assert done.returncode == 1
    assert "InfrastructureError: the whole sandbox was required" in done.stderr
    assert "namespaces (PermissionError" in done.stderr
    assert "landlock (" not in done.stderr and "seccomp (" not in done.stderr


def test_the_commands_refuse_too(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SQUARE)
    picture = tmp_path / "a.png"
    command = ("-m", "flows.cli", "render", str(tmp_path / "a.svg"), "-o", str(picture))
    refused = run(*command, "--require-sandbox")
    assert (refused.returncode, picture.exists()) == (4, False)
    assert refused.stderr.startswith("vincicoder: the whole sandbox was required")
    assert "namespaces (" in refused.stderr
    drawn = run(*command)
    assert (drawn.returncode, picture.exists()) == (0, True), drawn.stderr
    assert "FEWER LAYERS" in drawn.stderr

    home = tmp_path / "home"
    build = run("-m", "flows.cli", "build", "sft", "--home", str(home), "--require-sandbox")
    assert build.returncode == 1
    assert "namespaces (" in build.stderr
    assert not home.exists()


def test_doctor_tells_and_can_insist() -> None:
    done = run("-m", "flows.cli", "doctor", "--json", "--require-sandbox")
    report = json.loads(done.stdout)
    layers = {check["name"]: check for check in report["checks"] if check["area"] == "sandbox"}
    assert [name for name, check in layers.items() if not check["ok"]] == ["namespaces"]
    assert "to have it, allow unprivileged user namespaces" in layers["namespaces"]["detail"]
    assert layers["namespaces"]["essential"]
    assert (done.returncode, report["ok"]) == (1, False)
