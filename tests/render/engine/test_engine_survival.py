"""Whoever dies, and wherever it runs: no process, no file, no sample is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import vincicoder.render.engine.engine as engine_module
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.processes import descendants
from vincicoder.render.sandbox import probe
from vincicoder.render.sandbox.paths import package_root
from vincicoder.sample import Reason

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="99" height="99"/></svg>'
)
CHART = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.savefig('a.png')"

_PARENT = """
import sys, threading, time
from vincicoder.render import RenderEngine, RenderRequest
with RenderEngine(workers=2) as engine:
    drawn = threading.Event()
    def work(language, code):
        for result in engine.render(RenderRequest(str(n), language, code) for n in range(1000)):
            print(result.status.value, flush=True)
            drawn.set()
    threading.Thread(target=work, args=("svg", SQUARE)).start()
    drawn.wait()  # else both workers may sleep in Python's samples before the first SVG is asked for
    work("python", "import time\\ntime.sleep(100)")
""".replace("SQUARE", repr(SQUARE))


def alive(pids: set[int]) -> set[int]:
    found = set()
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        if stat.rpartition(")")[2].split()[0] not in "ZX":
            found.add(pid)
    return found


def start(code: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(package_root())}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, **options
    )  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def own_temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder that no other process uses."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_nothing_survives_the_sudden_death_of_the_engines_process(own_temporary: Path) -> None:
    before = set(own_temporary.glob("vincicoder-render-*"))
    parent = start(_PARENT)
    assert parent.stdout is not None
    assert parent.stdout.readline().strip() == "rendered"
    deadline = time.monotonic() + 60
    # Two guards, first processes and workers, Python's second warm process, and one sample.
    while len(descendants(parent.pid)) < 8:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    family = set(descendants(parent.pid))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while alive(family):
        assert time.monotonic() < deadline, alive(family)
        time.sleep(0.05)
    assert set(own_temporary.glob("vincicoder-render-*")) <= before


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine, or a container, that forbids namespaces."""
    rest = tuple(layer for layer in probe() if layer.name != "namespaces")
    monkeypatch.setattr(engine_module, "probe", lambda: rest)


def test_scikit_learn_clusters_with_and_without_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import numpy as np, matplotlib.pyplot as plt\nfrom sklearn.cluster import KMeans\n"
        "from sklearn.mixture import GaussianMixture\n"
        "x = np.random.rand(90, 2) + np.arange(3).repeat(30)[:, None] * 5\n"
        "labels = KMeans(3, n_init=1, random_state=0).fit_predict(x)\n"
        "assert [len(set(labels[n : n + 30])) for n in (0, 30, 60)] == [1, 1, 1] and len(set(labels)) == 3\n"
        "mixture = GaussianMixture(3, random_state=0).fit_predict(x)\nassert len(set(mixture)) == 3\n"
        "from threadpoolctl import threadpool_info\n"
        "assert {pool['user_api'] for pool in threadpool_info()} >= {'blas', 'openmp'}\n"
        "plt.scatter(*x.T, c=labels)\nplt.savefig('a.png')"
    )
    peek = "import sklearn.cluster\nopen('/proc/self/maps').read()"
    found: list[dict[str, RenderResult]] = []
    layers = probe()
    for names in ({layer.name for layer in layers}, {layer.name for layer in layers} - {"namespaces"}):
        kept = tuple(layer for layer in layers if layer.name in names)
        monkeypatch.setattr(engine_module, "probe", lambda kept=kept: kept)
        with RenderEngine(workers=1) as engine:
            requests = [RenderRequest(text, "python", text) for text in (code, peek)]
            found.append({result.request_id: result for result in engine.render(requests)})
    assert [results[code].detail for results in found] == ["", ""]
    assert found[0][code].pixels_sha256 == found[1][code].pixels_sha256
    assert found[1][peek].reason is Reason.RENDER_FORBIDDEN


def test_without_namespaces_the_other_layers_hold(
    no_namespaces: None, tmp_path: Path, own_temporary: Path
) -> None:
    before = set(own_temporary.glob("vincicoder-render-*"))
    secret = tmp_path / "secret"
    secret.write_text("s")
    attacks = {
        f"open({str(secret)!r}).read()": "render.forbidden",
        "import os; os.fork()": "render.forbidden",
        "import os; os.kill(os.getppid(), 9)": "render.forbidden",
        "import socket; socket.socket()": "render.forbidden",
        f"open('/proc/{os.getpid()}/environ').read()": "render.forbidden",
        "x = bytearray(10**11)": "render.out_of_memory",
        "while True: pass": "render.timeout",
        CHART: "rendered",
    }
    others = set(descendants(os.getpid()))
    with RenderEngine(RenderLimits(cpu_seconds=10), workers=2) as engine:
        results = list(engine.render(RenderRequest(code, "python", code) for code in attacks))
        square = list(engine.render([RenderRequest("square", "svg", SQUARE)]))
        family = set(descendants(os.getpid())) - others
    outcomes = {r.request_id: r.reason.value if r.reason else r.status.value for r in results}
    assert outcomes == attacks
    assert square[0].status is RenderStatus.RENDERED
    assert alive(family) == set()
    assert set(own_temporary.glob("vincicoder-render-*")) <= before


def test_without_namespaces_the_sudden_death_of_the_engine_leaves_nothing(own_temporary: Path) -> None:
    before = set(own_temporary.glob("vincicoder-render-*"))
    patch = "import vincicoder.render.engine.engine as e; real = e.probe(); "
    patch += "e.probe = lambda: tuple(l for l in real if l.name != 'namespaces')\n"
    parent = start(patch + _PARENT)
    assert parent.stdout is not None
    assert parent.stdout.readline().strip() == "rendered"
    family = set(descendants(parent.pid))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while alive(family) or set(own_temporary.glob("vincicoder-render-*")) != before:
        assert time.monotonic() < deadline, alive(family)
        time.sleep(0.05)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_an_ordinary_user_has_the_whole_sandbox() -> None:
    code = f"""
from vincicoder.render import RenderEngine, RenderRequest
requests = [RenderRequest("p", "python", {CHART!r}), RenderRequest("s", "svg", {SQUARE!r}),
    RenderRequest("e", "python", "open('/etc/passwd')")]
with RenderEngine(workers=1, require_sandbox=True) as engine:
    for result in engine.render(requests):
        print(result.request_id, result.reason.value if result.reason else result.status.value, flush=True)
"""
    user = start(code, user=65534, group=65534, extra_groups=[], cwd="/")
    output, _ = user.communicate(timeout=120)
    assert sorted(output.split("\n")) == ["", "e render.forbidden", "p rendered", "s rendered"]


def test_an_outsider_killing_samples_costs_no_result() -> None:
    """The sample's process, not the worker's: told from a sample that kills itself by asking twice."""
    with RenderEngine(workers=1) as engine:
        list(engine.render([RenderRequest("warm", "python", CHART)]))
        (guard,) = engine.worker_processes()
        results = engine.render([RenderRequest("s", "python", "import time\ntime.sleep(1)\n" + CHART)])
        worker = descendants(guard)[1]

        def kill_the_first_sample() -> None:
            while not (samples := descendants(worker)):
                time.sleep(0.01)
            os.kill(samples[0], signal.SIGKILL)

        import threading

        killer = threading.Thread(target=kill_the_first_sample)
        killer.start()
        (result,) = list(results)
        killer.join()
    assert result.status is RenderStatus.RENDERED
