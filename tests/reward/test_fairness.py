"""A score is the response's own: not its neighbours', its place's, the batch's or the load's."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from tests.reward.answers import fenced, icon
from vincicoder.reward import KEYS, RewardConfig, RewardItem, RewardScorer

HANG = "import time\n# {}\ntime.sleep(1000)"


def test_the_same_32_responses_alone_shuffled_and_beside_32_that_hang(
    draw: Callable[[str, str], bytes],
) -> None:
    references = [draw("svg", icon(number)) for number in range(8)]
    rows = [
        RewardItem(fenced(icon(number if number % 3 else number % 8), "svg"), references[number % 8], "svg")
        for number in range(32)
    ]
    hanging = [RewardItem(fenced(HANG.format(n)), references[0], "python") for n in range(32)]
    config = RewardConfig.preset(
        "default", deadline_seconds=2.5, workers=6, device="cpu", cached_comparisons=1, cached_references=2
    )
    with RewardScorer(config) as scorer:
        alone = [scorer.score_batch([row])[0] for row in rows[:8]]
        together = scorer.score_batch(rows)
        order = list(range(32))
        random.Random(0).shuffle(order)
        shuffled = scorer.score_batch([rows[place] for place in order])
        mixed = [row for pair in zip(hanging, rows, strict=True) for row in pair]
        beside = scorer.score_batch(mixed)
    assert alone == together[:8]
    assert [together[place] for place in order] == shuffled
    assert beside[1::2] == together
    assert {(b.score, b.reason) for b in beside[::2]} == {(0.05, "render.timeout")}
    assert len({b.score for b in together}) > 12
    assert all(tuple(dict(b)) == KEYS for b in beside)


def test_one_hung_sample_holds_a_batch_for_its_deadline_and_a_second_at_most(scorer: RewardScorer) -> None:
    """Wall time is what is promised here; the second is room for the start of the batch. The time that the
    first worker of a language takes to start is no sample's, so one sample is drawn before."""
    warm = RewardItem(fenced("import matplotlib.pyplot as plt\nplt.plot([1])", "python"), _dot(), "python")
    assert scorer.score_batch([warm])[0].rendered == 1
    started = time.monotonic()
    (breakdown,) = scorer.score_batch([RewardItem(fenced(HANG.format("one")), _dot(), "python")])
    assert breakdown.reason == "render.timeout"
    assert time.monotonic() - started < scorer.config.deadline_seconds + 1


def _dot() -> bytes:
    import io

    import numpy as np
    from PIL import Image

    pixels = np.full((64, 64, 3), 255, np.uint8)
    pixels[20:40, 20:40] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
