"""Two warm processes fork for Python samples: which does, that it makes no difference, that both may die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.render.engine.test_engine_survival import alive
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.languages.python.imports import is_light
from vincicoder.render.processes import descendants

# The height says what the process had loaded, without naming it: 100 pixels more for each library.
_TELLTALE = (
    "import sys\nimport matplotlib.pyplot as plt\n"
    "loaded = [f'{a}{b}' in sys.modules for a, b in [('pan', 'das'), ('sea', 'born'), ('sci', 'py')]]\n"
    "plt.figure(figsize=(3, 2 + sum(loaded)))\nplt.plot([1, 3, 2])\n"
)
_CHART = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.savefig('a.png')\n"
_SLOW_CHART = "total = sum(range(10**7))\ntotal += sum(range(10**7))\n" + _CHART


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(cpu_seconds=10), workers=1) as opened:
        yield opened


def _render(engine: RenderEngine, code: str) -> RenderResult:
    (result,) = engine.render([RenderRequest("one", "python", code)])
    assert result.status is RenderStatus.RENDERED, result.detail
    return result


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", True),
        ("import matplotlib.pyplot as plt, numpy as np", True),
        (
            "from __future__ import annotations\nimport os, json\nfrom mpl_toolkits.mplot3d import Axes3D",
            True,
        ),
        ("from PIL import Image\nfrom cycler import cycler", True),
        ("plt.style.use('seaborn-v0_8-whitegrid')", True),
        ("plt.plot(x, color='indigo')", True),
        ("import matplotlib.pyplot as plt, pandas as pd", False),
        ("if True:\n    from scipy import stats", False),
        ("x = 1; import seaborn as sns", False),
        ("exec('import sklearn')", False),
        ("from indigo import Indigo", False),
        ("import importlib", False),
        ("__import__(name)", False),
        ("import a_library_unheard_of", False),
        ("from . import charts", False),
        ("plt.savefig('a.SVG')", False),
        ("import plotly.express as px", False),
    ],
)
def test_what_the_light_process_is_given(code: str, expected: bool) -> None:
    assert is_light(code) is expected


def test_each_process_holds_what_it_should_and_the_light_one_stays_light(engine: RenderEngine) -> None:
    light = _render(engine, _TELLTALE)
    heavy = _render(engine, "import pandas\n" + _TELLTALE)
    again = _render(engine, _TELLTALE)
    assert (light.width, light.height) == (300, 200)
    assert (heavy.width, heavy.height) == (300, 500)
    assert again.pixels_sha256 == light.pixels_sha256


def test_both_draw_the_same_picture(engine: RenderEngine) -> None:
    code = (
        "import datetime, random\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
        "fig, (one, two, three) = plt.subplots(1, 3)\n"
        "one.plot([datetime.date(2024, 1, day) for day in range(1, 9)], np.random.rand(8), label='$x^2$')\n"
        "one.legend()\ntwo.hist(np.random.default_rng().normal(size=99) + random.random())\n"
        "three.imshow(np.random.rand(5, 5), cmap='magma')\nfig.suptitle('Title')\nplt.savefig('a.png')\n"
    )
    assert is_light(code) and not is_light(code + "# pandas")
    assert _render(engine, code).pixels_sha256 == _render(engine, code + "# pandas").pixels_sha256


def test_code_that_hides_what_it_imports_is_drawn_the_same(engine: RenderEngine) -> None:
    code = "pd = {}\nfig = pd.DataFrame({{'a': [1, 3, 2]}}).plot(kind='bar').figure\nfig.savefig('a.png')"
    hidden = "eval('__imp' 'ort__')('pan' + 'das')"
    assert is_light(code.format(hidden))
    plain = code.format("__import__('pandas')")
    assert _render(engine, code.format(hidden)).pixels_sha256 == _render(engine, plain).pixels_sha256


@pytest.mark.parametrize("beginning", ["", "import pandas\n"])
def test_no_sample_has_a_connection(engine: RenderEngine, beginning: str) -> None:
    look = (
        "import os, stat\n"
        "def is_open(n):\n    try:\n        return stat.S_IFMT(os.fstat(n).st_mode)\n"
        "    except OSError:\n        return 0\n"
        "kinds = {is_open(n) for n in range(256)}\n"
        "assert not kinds & {stat.S_IFSOCK, stat.S_IFIFO}, kinds\n"
    )
    _render(engine, beginning + look + _CHART)


def _second_process(engine: RenderEngine) -> tuple[int, int]:
    """Return the ids of the worker and of its child, with no sample running."""
    (guard,) = engine.worker_processes()
    *_, worker, second = [pid for pid in descendants(guard) if alive({pid})]
    return worker, second


@pytest.mark.parametrize("victim", ["worker", "second process"])
@pytest.mark.parametrize("beginning", ["", "import pandas\n"])
def test_the_death_of_either_process_between_samples_costs_none(
    engine: RenderEngine, victim: str, beginning: str
) -> None:
    undisturbed = _render(engine, beginning + _CHART)
    worker, second = _second_process(engine)
    killed = worker if victim == "worker" else second
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while alive({second}):  # with the worker, too
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert _render(engine, beginning + _CHART).pixels_sha256 == undisturbed.pixels_sha256


def test_the_death_of_the_second_process_during_a_sample_is_not_the_samples_fault(
    engine: RenderEngine,
) -> None:
    code = "import pandas\n" + _SLOW_CHART
    undisturbed = _render(engine, code)
    _, second = _second_process(engine)
    killed: list[int] = []

    def kill() -> None:
        deadline = time.monotonic() + 30
        while not killed and time.monotonic() < deadline:
            if forks := descendants(second):
                os.kill(second, signal.SIGKILL)
                killed.extend(forks)
            time.sleep(0.005)

    killer = threading.Thread(target=kill)
    killer.start()
    result = _render(engine, code)
    killer.join()
    assert len(killed) == 1, "the sample was over before it could be disturbed"
    assert result.pixels_sha256 == undisturbed.pixels_sha256
    assert not alive({second, *killed})


_HAND_OVER = """
import sys
from pathlib import Path
from vincicoder.render import RenderLimits
from vincicoder.render.finish import measure
from vincicoder.render.protocol import HandOver, Picture
from vincicoder.render.languages.python.worker import PythonRenderer

renderer = PythonRenderer()
renderer.prepare(Path(sys.argv[1], "cache"))
renderer.start(RenderLimits(), Path(sys.argv[1]))
drawn = renderer.render("import matplotlib.pyplot as plt\\nplt.plot([1, 2])\\nplt.show()")
assert isinstance(drawn, Picture)
measure(drawn.pixels)
work = "import time\\nwhile time.process_time() < 1:\\n    pass\\n"
outcome = renderer.render(work + "import plotly.graph_objects as go\\ngo.Figure(go.Bar(y=[1])).show()")
assert isinstance(outcome, HandOver) and outcome.language == "html", outcome
assert 1 <= outcome.cpu_seconds < 3, outcome.cpu_seconds
renderer.close()
libraries = "pandas scipy seaborn pyarrow plotly sklearn cairosvg cairocffi".split()
print([name for name in libraries if name in sys.modules], len(sys.modules) > 400)
"""


def test_cpu_time_of_the_second_process_is_told_and_nothing_heavy_is_loaded_in_the_first(
    tmp_path: object,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HAND_OVER, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "[] True"
