"""An answer of another year is drawn with the libraries of its year, as a build draws its row."""

from __future__ import annotations

import pytest

from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.on_stacks import render_on_stacks
from vincicoder.render.registry import language_on, why_unsupported
from vincicoder.reward import RewardItem, RewardScorer
from vincicoder.sample import Reason

_MISSING = why_unsupported(language_on("python", "2022"))
_OF_2022 = (
    "import matplotlib.pyplot as plt\nplt.style.use('seaborn')\n"
    "plt.plot([1, 3, 2, 4])\nplt.title('Sales')\nplt.show()\n"
)
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
    same, of_no_year = scorer.score_batch(items)
    assert (same.rendered, same.reason) == (1.0, "")
    assert same.score > 0.99
    assert (of_no_year.rendered, of_no_year.reason, of_no_year.visual) == (0.0, Reason.RENDER_ERROR, 0.0)
