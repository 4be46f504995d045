"""An answer is drawn with the libraries of its row, or those of its year, as a build draws its row."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from vincicoder.render import Recording, RenderEngine, RenderRequest
from vincicoder.render.on_stacks import render_on_stacks
from vincicoder.render.registry import language_on, why_unsupported
from vincicoder.render.stacks import OTHERS
from vincicoder.reward import RewardError, RewardItem, RewardScorer
from vincicoder.reward.wire import pack_rows, unpack_rows
from vincicoder.sample import Reason
from vincicoder.select.layouts import rl_row
from vincicoder.train.adapters import easyr1, verl

_MISSING = why_unsupported(language_on("python", "2022"))
_OF_2022 = (
    "import matplotlib.pyplot as plt\nplt.style.use('seaborn')\n"
    "plt.plot([1, 3, 2, 4])\nplt.title('Sales')\nplt.show()\n"
)
_OF_ANY_YEAR = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2, 4])\nplt.title('Sales')\nplt.show()\n"
_OF_NO_YEAR = "import matplotlib.pyplot as plt\nplt.plott([1, 3, 2, 4])\nplt.show()\n"


@pytest.mark.skipif(bool(_MISSING), reason=_MISSING)
def test_an_answer_of_another_year_is_drawn_by_its_libraries(scorer: RewardScorer) -> None:
    with RenderEngine(workers=1) as engine:
        (drawn,) = render_on_stacks(engine, [RenderRequest("row", "python", _OF_2022)])
    assert drawn.stack != "2026"
    assert drawn.result.png is not None, drawn.result.detail
    items = [
        RewardItem(f"```python\n{code}```", drawn.result.png, "python") for code in (_OF_2022, _OF_NO_YEAR)
    ]
    for stack in OTHERS:  # starts its process, for which the deadline may be too short
        item = RewardItem(f"```python\n{_OF_ANY_YEAR}```", drawn.result.png, "python", stack=stack)
        scorer.score_batch([item])
    same, of_no_year = scorer.score_batch(items)
    assert (same.rendered, same.reason) == (1.0, "")
    assert same.score > 0.99
    assert (of_no_year.rendered, of_no_year.reason, of_no_year.visual) == (0.0, Reason.RENDER_ERROR, 0.0)


@pytest.mark.skipif(bool(_MISSING), reason=_MISSING)
def test_the_row_says_by_which_libraries_it_is_scored(
    scorer: RewardScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program draws in every year, other pixels each: only its own stack gives its own picture."""
    with RenderEngine(workers=1) as engine:
        png = engine.render_one(_OF_ANY_YEAR, "python-2022").png
    assert png is not None
    answer = f"```python\n{_OF_ANY_YEAR}```"
    rows = [{"response": answer, "reference": png, "language": "python", "stack": stack} for stack in
            ("2022", "2026", None)]  # fmt: skip
    own, todays, silent = scorer.score_batch(rows)
    assert (own.score, own.visual) == (1.0, 1.0)
    assert todays.score == silent.score < own.score  # a row of an earlier version is of today's
    packed, _ = pack_rows(rows)
    sent = unpack_rows(packed["references"], packed["items"])
    assert [item.renderer for item in sent] == ["python-2022", "python", "python"]
    with pytest.raises(RewardError, match="received the stack '2019'; python has 2021, 2022, 2024, 2026"):
        scorer.score_batch([{**rows[0], "stack": "2019"}])

    released = {name: "" for name in ("sample_id", "domain", "task", "image_width", "image_height", "source")}
    released |= {"license": "", "instruction": "Draw <image>", "image": {"bytes": png, "path": None}}
    released |= {"language": "python", "code": _OF_ANY_YEAR, "stack": "2022"}
    row = rl_row(released, index=0, split="train", stratum=0, difficulty=0.5)
    assert (row["stack"], row["extra_info"]["stack"]) == ("2022", "2022")
    assert json.loads(row["answer"])["stack"] == "2022"
    for adapter in (easyr1, verl):
        monkeypatch.setattr(adapter, "open_backend", lambda *_: scorer)
    asked: dict[str, Any] = {"response": answer, "multi_modal_data": {"images": row["images"]}}
    (of_easyr1,) = easyr1.compute_score([{**asked, "ground_truth": row["answer"]}])
    extra = {**row["extra_info"], "reference": png}
    of_verl = asyncio.run(verl.compute_score("", answer, row["reward_model"]["ground_truth"], extra))
    assert of_easyr1["overall"] == of_verl["score"] == 1.0
    of_none = rl_row({**released, "stack": None}, index=0, split="train", stratum=0, difficulty=0.5)
    assert "stack" not in json.loads(of_none["answer"])


@pytest.mark.skipif(bool(_MISSING), reason=_MISSING)
def test_requests_are_drawn_as_they_come_and_given_up_when_nobody_waits() -> None:
    given, abandoned = [], threading.Event()

    def requests() -> Iterator[RenderRequest]:
        for number in range(500):
            given.append(number)
            yield RenderRequest(str(number), "python", _OF_ANY_YEAR)

    with RenderEngine(workers=1) as engine:
        drawn = render_on_stacks(engine, requests(), abandoned)
        assert next(drawn).result.status == "rendered"
        (traced,) = render_on_stacks(
            engine, [RenderRequest("", "python", _OF_2022, recording=Recording.BESIDE)]
        )
        assert traced.stack != "2026" and '"texts": ["Sales"]' in traced.result.trace
        abandoned.set()
        assert next(drawn, None) is None and len(given) <= 8
