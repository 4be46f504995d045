"""A sample goes to the worker that has made its preparations, no worker idles, none waits for ever."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.render.engine.test_engine import CIRCLE, one, wait_for
from vincicoder.render import RenderEngine, RenderRequest, RenderResult
from vincicoder.render.engine.affinity import LOOK_AHEAD, MAX_KEYS, MOST_PASSES, Familiar, choose
from vincicoder.render.engine.handle import Job
from vincicoder.render.languages.latex.renderer import affinity
from vincicoder.render.registry import why_unsupported


@dataclass(slots=True)
class Sample:
    affinity: tuple[str, ...]
    passed_over: int = 0


def who_knows(*keys: str) -> Familiar:
    worker = Familiar()
    worker.learn(keys)
    return worker


def test_what_is_known_is_shared_from_the_first_key_on() -> None:
    worker = who_knows("class", "fonts", "tikz")
    assert worker.share(("class", "fonts", "plots")) == 2
    assert worker.share(("class", "fonts")) == 2
    assert worker.share(("tikz",)) == 1
    assert worker.share(("other", "fonts")) == 0
    worker.learn([f"key {n}" for n in range(MAX_KEYS)])
    assert worker.share(("class",)) == 0
    assert worker.share(("key 0",)) == 1


def test_samples_without_preparations_keep_their_order() -> None:
    waiting = [Sample(()) for _ in range(5)]
    assert choose(waiting, [Familiar(), Familiar()], []) == (0, 0)
    assert [sample.passed_over for sample in waiting] == [0] * 5


def test_a_worker_takes_what_it_knows_before_what_is_new_and_that_before_what_another_knows() -> None:
    mine, other = who_knows("a", "mine"), who_knows("a", "theirs")
    theirs, new, known = Sample(("a", "theirs")), Sample(("b", "new")), Sample(("a", "mine"))
    waiting = [theirs, new, known]
    assert choose(waiting, [mine], [other]) == (2, 0)
    assert [theirs.passed_over, new.passed_over, known.passed_over] == [1, 1, 0]
    assert choose(waiting[:2], [mine], [other]) == (1, 0)
    assert choose(waiting[:1], [mine], [other]) == (0, 0)  # better done twice than a worker idle
    assert choose([known], [other, mine], []) == (0, 1)


def test_no_sample_waits_for_ever() -> None:
    mine, other = who_knows("mine"), who_knows("theirs")
    unloved = Sample(("theirs",))
    rounds = 0
    while choose([unloved, Sample(("mine",))], [mine], [other]) == (1, 0):
        rounds += 1
    assert rounds == MOST_PASSES
    far = [Sample(("theirs",)) for _ in range(LOOK_AHEAD)] + [Sample(("mine",))]
    assert choose(far, [mine], [other]) == (0, 0)  # further than this nobody looks


def test_the_keys_of_a_document_are_the_beginnings_that_tex_keeps() -> None:
    head = "\\documentclass{article}\n\\usepackage{tikz}\n"
    first = affinity(head + "\\begin{document}\na\\end{document}")
    second = affinity(head + "\\newcommand{\\x}{y}\n\\usepackage{amsmath}\n\\begin{document}\nb")
    third = affinity("\\documentclass{article}\n\\usepackage{xcolor}\n\\begin{document}\nc")
    assert len(first) == len(third) == 2
    assert first == second  # what comes after a definition is not kept
    assert first[0] == third[0] and first[1] != third[1]
    assert affinity("\\begin{tikzpicture}\\end{tikzpicture}") == ()
    assert affinity("\\begin{document}\\documentclass{article}\n") == ()


@pytest.mark.skipif(bool(why_unsupported("latex")), reason=why_unsupported("latex"))
def test_the_engine_notes_what_a_worker_was_given() -> None:
    code = "\\documentclass{report}\n\\begin{document}\na\\end{document}"
    with RenderEngine(workers=1) as engine:
        assert one(engine, "latex", code).status.value == "rendered"
        assert engine._supervisor is not None
        (worker,) = engine._supervisor._workers["latex"]
    assert worker.familiar.share(affinity(code)) == 1


def test_no_more_samples_run_at_once_than_there_are_workers() -> None:
    """Though every language keeps a worker warm; and who came first goes first."""
    ended: list[str] = []

    def note(job: Job, result: RenderResult) -> None:
        ended.append(f"{job.request.request_id} {result.status.value}")

    chart = "import time\ntime.sleep({})\nimport matplotlib.pyplot as plt\nplt.plot([1])"
    with RenderEngine(workers=1) as engine:
        warm = [RenderRequest("p", "python", chart.format(0)), RenderRequest("s", "svg", CIRCLE.format(9))]
        assert len(list(engine.render(warm))) == 2
        engine.submit(RenderRequest("slow", "python", chart.format(2)), note)
        engine.submit(RenderRequest("second", "svg", CIRCLE.format(8)), note)
        engine.submit(RenderRequest("third", "python", chart.format(0)), note)
        wait_for(lambda: len(ended) == 3)
    assert ended == ["slow rendered", "second rendered", "third rendered"]
