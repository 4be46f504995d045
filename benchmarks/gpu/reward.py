"""A reward batch of new programs: drawing on the processors beside encoding, against the published design."""

from __future__ import annotations

import importlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.gpu import models
from benchmarks.gpu.part import Part
from benchmarks.naive.hidden_states import HiddenStatesEncoder
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.reward import RewardConfig, RewardError, RewardItem, RewardScorer
from vincicoder.reward.items import decode_reference, read_reference
from vincicoder.reward.visual import choose_grid, cut
from vincicoder.sample import InfrastructureError

LANGUAGES = ("python", "svg")
_BATCH_TILES = 64


def measure(part: Part) -> None:
    """Note responses a second. Where no renderer works here, pictures that were carried take their place."""
    if not part.gpu:
        import torch

        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // 2))
    rows = pq.read_table(part.data / "pairs.parquet").to_pylist()
    config = RewardConfig.preset(
        "reference", encoder=str(models.dino(part)), device=part.device,
        batch_tiles=_BATCH_TILES if part.gpu else None,
    )  # fmt: skip
    config, drawn = _drawn(part, config, [row for row in rows if row["language"] in LANGUAGES])
    part.note(languages_drawn=sorted({row["language"] for row in drawn}), programs=len(drawn))
    part.note(cores=len(os.sched_getaffinity(0)))
    if drawn:
        _draw_and_score(part, config, drawn)
    else:
        _score_pictures(part, config, rows)


def _drawn(
    part: Part, config: RewardConfig, rows: list[dict[str, Any]]
) -> tuple[RewardConfig, list[dict[str, Any]]]:
    """Return a configuration whose sandbox holds here, or holds in part, and the rows whose programs draw."""
    requests = [RenderRequest(str(n), row["language"], row["program"]) for n, row in enumerate(rows)]
    for required in (True, False):
        try:
            with RenderEngine(config.limits, require_sandbox=required, measure=False) as engine:
                found = {result.request_id: result for result in engine.render(requests)}
        except InfrastructureError as error:
            part.note(sandbox=f"not whole here: {error}"[:300])
            continue
        failed = Counter(
            f"{row['language']}: {found[str(n)].detail}".splitlines()[-1][:120]
            for n, row in enumerate(rows)
            if found[str(n)].png is None
        )
        part.note(not_drawn=dict(failed.most_common(5)))
        changed = replace(config, require_sandbox=required)
        return changed, [row for n, row in enumerate(rows) if found[str(n)].png is not None]
    return config, []


def _draw_and_score(part: Part, config: RewardConfig, rows: Sequence[dict[str, Any]]) -> None:
    settings = part.settings
    new = _items(rows)
    with RewardScorer(config) as scorer:
        _score(scorer, list(islice(new, min(64, settings.responses))))  # workers and encoder are warm then
        _, before = scorer.totals()
        items, started = list(islice(new, settings.responses)), time.perf_counter()
        scored, failed = _score(scorer, items)
        seconds = time.perf_counter() - started
        _, after = scorer.totals()
    spent = {name: round(after[name] - before.get(name, 0.0), 2) for name in after}
    part.note(
        responses=len(items),
        scored=scored,
        failed=failed,
        wall_seconds=round(seconds, 2),
        responses_a_second=round(len(items) / seconds, 2),
        worker_seconds=spent.get("rendering", 0.0),
        encoding_seconds=round(spent.get("encoding", 0.0) + spent.get("references", 0.0), 2),
    )
    few = list(islice(new, settings.published_responses))
    theirs = _published(part, config, few)
    part.note(
        published_responses=len(few),
        published_wall_seconds=round(theirs, 2),
        published_responses_a_second=round(len(few) / theirs, 2),
        speed_ratio=round(len(items) / seconds / (len(few) / theirs), 2),
    )
    requests = [
        RenderRequest(str(n), item.language, item.response.split("\n", 1)[1].removesuffix("\n```"))
        for n, item in enumerate(islice(new, settings.responses))
    ]
    with RenderEngine(config.limits, require_sandbox=config.require_sandbox, measure=False) as engine:
        list(engine.render(requests[: settings.responses // 8]))
        started = time.perf_counter()
        list(engine.render(requests))
        alone = time.perf_counter() - started
    encoding = part.figures["encoding_seconds"]
    shorter = min(alone, encoding)
    part.note(
        drawing_alone_seconds=round(alone, 2),
        # 1: the shorter of both is hidden behind the longer; 0: one waits for the other.
        overlap_share=round((alone + encoding - seconds) / shorter, 2) if shorter > seconds / 10 else None,
    )


def _score_pictures(part: Part, config: RewardConfig, rows: Sequence[dict[str, Any]]) -> None:
    """Encode and compare pictures that were drawn elsewhere."""
    pictures = [(row["reference"], decode_reference("", row["candidate"]).pixels) for row in rows]
    with RewardScorer(config) as scorer:
        scorer.compare_picture(*pictures[0])
        started = time.perf_counter()
        for number, (reference, pixels) in enumerate(islice(cycle(pictures), part.settings.responses)):
            scorer.compare_picture(reference, pixels - np.uint8(number // len(pictures)))
        seconds = time.perf_counter() - started
    part.note(
        pictures=part.settings.responses,
        wall_seconds=round(seconds, 2),
        pictures_a_second=round(part.settings.responses / seconds, 2),
    )


def _items(rows: Sequence[dict[str, Any]]) -> Iterator[RewardItem]:
    """Yield responses without end: real programs, each time in other colours, so that no picture returns."""
    for number, row in enumerate(cycle(rows)):
        program = varied(row["program"], row["language"], number)
        yield RewardItem(f"```{row['language']}\n{program}\n```", row["reference"], row["language"])


def varied(program: str, language: str, number: int) -> str:
    """Return a program that draws on another ground, of a colour near white."""
    ground = f"#{0xFFFFFF - number % 4096 * 4111 % 0x202020:06x}"
    if language == "python":
        head = f"import matplotlib\nmatplotlib.rcParams.update({{'axes.facecolor': '{ground}'}})\n"
        return program if "__future__" in program else f"{head}# {number}\n{program}"
    end = program.find(">", program.find("<svg")) + 1
    return f'{program[:end]}<rect width="100%" height="100%" fill="{ground}"/><!--{number}-->{program[end:]}'


def _score(scorer: RewardScorer, items: Sequence[RewardItem]) -> tuple[int, int]:
    """Return how many responses were scored, and how many failed by our fault."""
    try:
        return len(scorer.score_batch(items)), 0
    except RewardError as error:
        return len(items) - len(error.failures), len(error.failures)


def _published(part: Part, config: RewardConfig, items: Sequence[RewardItem]) -> float:
    """Return the seconds of the published way: a new process a chart, one forward a pair, nothing kept.

    Drawing has a thread for each processor, and then the pairs are encoded one after another.
    """
    encoder = HiddenStatesEncoder(models.dino(part), part.device)
    draw = {
        language: importlib.import_module(f"benchmarks.naive.{language}").render for language in LANGUAGES
    }

    def candidate(item: RewardItem) -> Any:
        reference = decode_reference(*read_reference(item.reference)).pixels
        code = item.response.split("\n", 1)[1].removesuffix("\n```")
        try:
            return reference, draw[item.language](code, (reference.shape[1], reference.shape[0]))
        except Exception:  # a program that breaks the renderer has drawn nothing
            return reference, None

    candidate(items[0])
    started = time.perf_counter()
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        drawn = list(pool.map(candidate, items))
    for reference, picture in drawn:
        if picture is not None:
            grid = choose_grid(reference, config)
            tiles = np.concatenate([cut(one, grid, 448) for one in (reference, picture)])
            features = encoder.encode(tiles)
            features @ features.T
    return time.perf_counter() - started
