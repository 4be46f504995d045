"""The engine: every request answered once, lazily, from any thread; dead workers cost nobody anything."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.fftpack
from PIL import Image

import vincicoder.render.engine.engine as engine_module
from vincicoder.render import (
    RenderEngine,
    RenderLimits,
    RenderRequest,
    RenderResult,
    RenderStatus,
    fingerprint,
)
from vincicoder.render.processes import descendants
from vincicoder.render.registry import LANGUAGES
from vincicoder.render.sandbox import Layer, probe
from vincicoder.sample import InfrastructureError, Reason

CIRCLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    '<circle cx="90" cy="90" r="{}" fill="teal" opacity="0.5"/></svg>'
)
CHART = "import matplotlib.pyplot as plt\nplt.plot([1, {}, 2])\nplt.savefig('a.png')"
SLEEP = "import time\ntime.sleep(30)"


def _reference_phash(image: Image.Image) -> int:
    """The pHash as published with the ImageHash library: 32x32 grey, DCT-II on both axes, the 8x8 lowest
    frequencies against their median, first bit highest."""
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS))
    lowest = scipy.fftpack.dct(scipy.fftpack.dct(grey, axis=0), axis=1)[:8, :8]
    bits = (lowest > np.median(lowest)).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.02)


def circles(count: int, prefix: str = "c") -> Iterator[RenderRequest]:
    return (RenderRequest(f"{prefix}{n}", "svg", CIRCLE.format(n + 1)) for n in range(count))


def one(engine: RenderEngine, language: str, code: str) -> RenderResult:
    (result,) = engine.render([RenderRequest("one", language, code)])
    return result


def test_every_request_is_answered_once_whatever_its_language() -> None:
    requests = [*circles(40), *(RenderRequest(f"p{n}", "python", CHART.format(n)) for n in range(4))]
    requests.append(RenderRequest("bad", "svg", "<svg"))
    with RenderEngine(workers=2) as engine:
        results = list(engine.render(requests))
    assert sorted(result.request_id for result in results) == sorted(
        request.request_id for request in requests
    )
    statuses = {result.request_id: result.status for result in results}
    assert statuses.pop("bad") is RenderStatus.REJECTED
    assert set(statuses.values()) == {RenderStatus.RENDERED}


def test_the_input_is_pulled_lazily() -> None:
    pulled = 0

    def endless() -> Iterator[RenderRequest]:
        nonlocal pulled
        while True:
            pulled += 1
            yield RenderRequest(str(pulled), "svg", CIRCLE.format(9))

    with RenderEngine(workers=2) as engine:
        results = engine.render(endless())
        for received in range(1, 30):
            next(results)
            assert pulled <= received + 4 * 2
        results.close()
        assert one(engine, "svg", CIRCLE.format(3)).status is RenderStatus.RENDERED


def test_threads_share_one_engine() -> None:
    seen: dict[str, set[str]] = {}

    def work(prefix: str) -> None:
        seen[prefix] = {result.request_id for result in engine.render(circles(25, prefix))}

    with RenderEngine(workers=2) as engine:
        threads = [threading.Thread(target=work, args=(prefix,)) for prefix in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == {prefix: {f"{prefix}{n}" for n in range(25)} for prefix in "abcd"}


def test_measures_are_those_of_the_picture() -> None:
    with RenderEngine(workers=1) as engine:
        result = one(engine, "svg", CIRCLE.format(70))
    assert result.png is not None and result.pixels is None
    image = Image.open(io.BytesIO(result.png))
    assert image.mode == "RGB"
    assert (result.width, result.height) == image.size == (300, 200)
    expected = hashlib.sha256(b"300x200:" + image.tobytes()).hexdigest()
    assert result.pixels_sha256 == expected
    assert result.phash == _reference_phash(image)
    assert result.thumbnail == image.resize((16, 16), Image.Resampling.BOX).tobytes()
    assert result.fingerprint == fingerprint("svg")
    assert result.seconds > 0


def test_pixels_are_those_of_the_png() -> None:
    with RenderEngine(workers=1) as engine:
        png = one(engine, "svg", CIRCLE.format(50)).png
    with RenderEngine(workers=1, output="pixels", measure=False) as engine:
        result = one(engine, "svg", CIRCLE.format(50))
    assert png is not None and result.pixels is not None
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), result.pixels)
    assert result.pixels.dtype == np.uint8
    assert result.png is result.phash is result.thumbnail is result.pixels_sha256 is None


def test_an_unknown_language_is_the_rows_own_fault() -> None:
    with RenderEngine(workers=1) as engine:
        result = one(engine, "cobol", "DISPLAY 'HI'.")
        assert engine.worker_processes() == []
    assert (result.status, result.reason) == (RenderStatus.REJECTED, Reason.RENDER_UNSUPPORTED)
    assert "cobol" in result.detail and "python" in result.detail


def test_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "why_unsupported", lambda language: "install librsvg2-2")
    with RenderEngine(workers=1) as engine:
        result = one(engine, "svg", CIRCLE.format(1))
    assert (result.reason, result.detail) == (Reason.RENDER_UNSUPPORTED, "install librsvg2-2")


@pytest.mark.parametrize("options", [{"workers": 0}, {"output": "jpeg"}])
def test_bad_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="received"):
        RenderEngine(**options)  # type: ignore[arg-type]


def test_a_closed_engine_says_so() -> None:
    engine = RenderEngine(workers=1)
    with pytest.raises(RuntimeError, match="not open"):
        next(iter(engine.render(circles(1))))


def test_closing_fails_what_is_not_done_and_leaves_nothing() -> None:
    before = set(descendants(os.getpid()))
    results: list[RenderResult] = []
    with RenderEngine(workers=1) as engine:
        thread = threading.Thread(
            target=lambda: results.extend(engine.render([RenderRequest("s", "python", SLEEP)]))
        )
        thread.start()
        wait_for(lambda: len(descendants(os.getpid())) > len(before) + 3)
    thread.join()
    assert [result.status for result in results] == [RenderStatus.FAILED]
    assert set(descendants(os.getpid())) <= before


def test_a_killed_worker_costs_one_retry() -> None:
    with RenderEngine(workers=1) as engine:
        one(engine, "svg", CIRCLE.format(1))
        (guard,) = engine.worker_processes()
        below = descendants(guard)
        os.kill(guard, signal.SIGKILL)
        wait_for(lambda: not any(is_alive(process) for process in below))  # they die with it
        result = one(engine, "svg", CIRCLE.format(2))
        assert result.status is RenderStatus.RENDERED
        assert engine.worker_processes() != [guard]


def is_alive(process: int) -> bool:
    """Whether a process still runs: a zombie that init has not reaped yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("victim", ["guard", "worker"])
def test_two_deaths_are_our_failure_not_the_samples(victim: str) -> None:
    results: list[RenderResult] = []
    with RenderEngine(workers=1) as engine:
        one(engine, "python", "x = 1")  # warm: the sample starts at once
        thread = threading.Thread(
            target=lambda: results.extend(engine.render([RenderRequest("s", "python", SLEEP)]))
        )
        thread.start()
        killed: set[int] = set()
        for _ in range(2):
            wait_for(
                lambda: any(
                    pid not in killed and len(descendants(pid)) >= 4 for pid in engine.worker_processes()
                )
            )
            (guard,) = engine.worker_processes()
            killed.add(guard)
            os.kill(guard if victim == "guard" else descendants(guard)[1], signal.SIGKILL)
        thread.join(60)
    assert [(result.status, result.reason) for result in results] == [(RenderStatus.FAILED, None)]
    assert "tried 2 times" in results[0].detail


def test_a_deadline_starts_with_the_work_not_in_the_queue() -> None:
    code = "import time\ntime.sleep(1.0)\n" + CHART.format(1)
    limits = RenderLimits(wall_seconds=4)
    with RenderEngine(limits, workers=1) as engine:
        results = list(engine.render(RenderRequest(str(n), "python", code) for n in range(6)))
    assert {result.status for result in results} == {RenderStatus.RENDERED}


def test_workers_are_recycled_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LANGUAGES, "svg", replace(LANGUAGES["svg"], recycle_after=3, queue_depth=1))
    seen: set[int] = set()
    with RenderEngine(workers=1) as engine:
        for n in range(10):
            assert one(engine, "svg", CIRCLE.format(n)).status is RenderStatus.RENDERED
            seen.update(engine.worker_processes())
    assert len(seen) >= 4


def test_slow_samples_do_not_starve_another_language() -> None:
    slow = [
        RenderRequest(f"slow{n}", "python", "import time\ntime.sleep(2)\n" + CHART.format(n))
        for n in range(6)
    ]
    with RenderEngine(workers=2) as engine:
        one(engine, "svg", CIRCLE.format(1))
        order = [result.request_id for result in engine.render([*slow, *circles(2)])]
    assert order.index("c0") < order.index("slow5")
    assert order.index("c1") < order.index("slow5")


def test_the_sandbox_can_be_required(monkeypatch: pytest.MonkeyPatch) -> None:
    poor = tuple(replace(layer, available=layer.name != "landlock", detail="no") for layer in probe())
    monkeypatch.setattr(engine_module, "probe", lambda: poor)
    with pytest.raises(InfrastructureError, match="landlock"):
        RenderEngine(workers=1, require_sandbox=True).__enter__()


def test_every_layer_is_probed_and_explained() -> None:
    layers = probe()
    assert [layer.name for layer in layers][:4] == ["namespaces", "landlock", "seccomp", "capabilities"]
    assert all(isinstance(layer, Layer) and layer.detail for layer in layers)


def test_a_library_that_objects_to_being_looked_into_is_the_samples_affair() -> None:
    code = "from sklearn.impute import IterativeImputer\n" + CHART.format(3)
    allowed = "from sklearn.experimental import enable_iterative_imputer\n" + code
    with RenderEngine(workers=1) as engine:
        refused = one(engine, "python", code)
        assert (refused.status, refused.reason) == (RenderStatus.REJECTED, Reason.RENDER_MISSING_DEPENDENCY)
        assert "is experimental" in refused.detail
        assert one(engine, "python", allowed).status is RenderStatus.RENDERED


def test_same_code_same_pixels_in_any_order() -> None:
    codes = [CHART.format(n) for n in range(5)]
    hashes: dict[str, set[str | None]] = {code: set() for code in codes}
    with RenderEngine(workers=2) as engine:
        for order in (codes, codes[::-1]):
            requests = [RenderRequest(code, "python", code) for code in order]
            for result in engine.render(requests):
                hashes[result.request_id].add(result.pixels_sha256)
    assert [len(found) for found in hashes.values()] == [1] * 5
    assert len({next(iter(found)) for found in hashes.values()}) == 5
