"""CPU seconds of a reward batch, against the usual way. Part of `benchmarks.reward`."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.ladders import PROGRAMS, Fault
from benchmarks.naive.reward import Cost, NaiveReward
from benchmarks.processor_time import own_seconds, tree_seconds
from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.reward import RewardConfig, RewardError, RewardItem, RewardScorer
from vincicoder.reward.items import read_reference
from vincicoder.similarity.encoders.base import EMBEDDED, Encoder

_DOMAINS = {"python": "chart"}  # molecules are drawn in milliseconds
_PER_PROMPT = 8
# How many of a prompt's eight responses repeat another. Assumed, not measured: groups repeat themselves more
# as training sharpens the model, and short programs (formulas, icons) more than pages.
REPEATED = 3
_WARM_UPS = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """CPU seconds of all processes for a batch, and of its parts; `compare` is the remainder."""

    seconds: float
    render: float
    encode: float
    compare: float
    programs: int  # different ones
    without_picture: int


@dataclass(frozen=True, slots=True)
class Speed:
    """What both ways needed for the same responses. `left_out` were not drawn the usual way: they are charged
    to neither."""

    ratio_distinct: float
    ratio_natural: float
    responses: int
    left_out: int
    naive_distinct: Batch
    ours_distinct: Batch
    naive_natural: Batch
    ours_natural: Batch


def measure_speed(responses: int, encoder: str = EMBEDDED) -> Speed:
    """Compare on `responses` real programs, a quarter of each language, eight to a prompt.

    distinct: all different, all references new. natural: `REPEATED` of eight repeat another, references are
    known from an earlier step.
    """
    config = RewardConfig.preset("default", encoder=encoder)
    rows = _rows(responses)
    naive = NaiveReward(config)
    costs = [naive.score(row) for row in rows]
    kept = [row for row, cost in zip(rows, costs, strict=True) if cost is not None]
    known = [cost for cost in costs if cost is not None]
    places = _with_repeats(kept)
    theirs, theirs_again = _sum(known, len(kept)), _sum([known[p] for p in places], len(set(places)))
    with _warm_scorer(config, kept[0]) as scorer:
        ours = _measure(scorer, kept)
    with _warm_scorer(config, kept[0]) as scorer:
        scorer.references.prepare(dict(read_reference(row.reference) for row in kept))
        ours_again = _measure(scorer, [kept[place] for place in places])
    return Speed(
        ratio_distinct=round(theirs.seconds / ours.seconds, 2),
        ratio_natural=round(theirs_again.seconds / ours_again.seconds, 2),
        responses=len(kept),
        left_out=len(rows) - len(kept),
        naive_distinct=theirs,
        ours_distinct=ours,
        naive_natural=theirs_again,
        ours_natural=ours_again,
    )


def _rows(responses: int) -> list[RewardItem]:
    """Return rows in groups of eight of one language; a group's reference is what its first program draws."""
    share = max(1, responses // len(PROGRAMS))
    rows: list[RewardItem] = []
    with RenderEngine(measure=False) as engine:
        for language in PROGRAMS:
            codes = list(dict.fromkeys(pick_samples(language, share, _DOMAINS.get(language, ""))))
            groups = [codes[start : start + _PER_PROMPT] for start in range(0, len(codes), _PER_PROMPT)]
            for group in groups:
                requests = [RenderRequest(str(n), language, code) for n, code in enumerate(group)]
                pictures = {r.request_id: r.png for r in engine.render(requests) if r.png is not None}
                if not pictures:
                    continue
                reference = pictures[min(pictures)]
                rows += [RewardItem(f"```{language}\n{code}\n```", reference, language) for code in group]
    return rows


def _with_repeats(rows: Sequence[RewardItem]) -> list[int]:
    """Return the rows' places, of which the last three of each group of eight repeat its first three."""
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(read_reference(row.reference)[0], []).append(place)
    places: list[int] = []
    for group in groups.values():
        repeated = round(len(group) * REPEATED / _PER_PROMPT)
        places += group[: len(group) - repeated] + group[:repeated]
    return places


def _sum(costs: Sequence[Cost], programs: int) -> Batch:
    render, encode, compare = (
        round(sum(getattr(cost, part) for cost in costs), 3) for part in ("render", "encode", "compare")
    )
    return Batch(round(render + encode + compare, 3), render, encode, compare, programs, 0)


@contextmanager
def _warm_scorer(config: RewardConfig, row: RewardItem) -> Iterator[RewardScorer]:
    """Open a scorer whose workers have seen every language, as a training run's have after its first step."""
    with RewardScorer(config) as scorer:
        scorer.features.encoder = _Counted(scorer.features.encoder)
        for turn in range(_WARM_UPS):
            programs = [(name, write(Fault(hue=turn))) for name, write in PROGRAMS.items()]
            scorer.score_batch(
                [RewardItem(f"```{name}\n{code}\n```", row.reference, name) for name, code in programs]
            )
        yield scorer


def _measure(scorer: RewardScorer, rows: Sequence[RewardItem]) -> Batch:
    counted = scorer.features.encoder
    assert isinstance(counted, _Counted)
    programs, encoding = scorer.counts["programs"], counted.seconds
    own, tree = own_seconds(), _workers_seconds(scorer)
    try:
        breakdowns = list(scorer.score_batch(rows))
        failed = 0
    except RewardError as error:
        breakdowns = [breakdown for breakdown in error.breakdowns if breakdown is not None]
        failed = len(error.failures)
    rendering, here = _workers_seconds(scorer) - tree, own_seconds() - own
    encoding = counted.seconds - encoding
    return Batch(
        seconds=round(rendering + here, 3),
        render=round(rendering, 3),
        encode=round(encoding, 3),
        compare=round(here - encoding, 3),
        programs=scorer.counts["programs"] - programs,
        without_picture=failed + sum(not breakdown.rendered for breakdown in breakdowns),
    )


def _workers_seconds(scorer: RewardScorer) -> float:
    """Return the CPU seconds of the render workers, and of those that were replaced."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return tree_seconds(scorer.worker_processes()) + ended.ru_utime + ended.ru_stime


class _Counted:
    """An encoder that counts its CPU seconds (of its own thread: all there are where torch uses one)."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.side = encoder.name, encoder.side
        self.seconds = 0.0
        self._encoder = encoder

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        before = time.thread_time()
        features = self._encoder.encode(tiles)
        self.seconds += time.thread_time() - before
        return features
