"""An evaluation, stage by stage, whatever runs the shards."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.home import Home
from tasks.evaluation.answers import take_answers
from tasks.evaluation.draw import DrawingSettings, draw_answers, draw_references
from tasks.evaluation.items import VALIDATION, benchmark_name, read_benchmark
from tasks.evaluation.publish import EvaluatedShard, publish_evaluation
from tasks.evaluation.score import models_of, score_answers
from tasks.sft.engine import engine_scope
from tasks.stage import tasks_end_with_the_build
from vincicoder.render import RenderLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.runners import Runner
    from storage.outputs import StageOutput


@dataclass(frozen=True, slots=True)
class EvaluationConfig:
    """What is judged by what. `release` is that of the validation split; `limit` takes the first items only;
    `workers` is how many programs are drawn at once; `encoders` are weights by kind
    (`vincicoder.similarity.encoders.picture_models`); `stack` is what draws first, '' the item's own."""

    answers: Path
    benchmark: str = VALIDATION
    release: str = "current"
    limit: int | None = None
    shard_rows: int = 50
    workers: int = os.cpu_count() or 1
    require_sandbox: bool = False
    encoders: Mapping[str, str] = field(default_factory=dict)
    stack: str = ""
    limits: RenderLimits = field(default_factory=RenderLimits)


def run_evaluation(
    config: EvaluationConfig,
    home: Home,
    runner: Runner,
    flow_run: str,
    on_progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Judge answers. Finished outputs of earlier runs are used as they are, so a run that was killed goes on.

    Returns `run_id, items, metrics` (by name: `reference, strict, low, high`) and where the rest is. Raises
    `BenchmarkError`, `AnswersError`, `UnknownEncoderError`, `MissingWeightsError`, and the runner's error
    where a shard fails.
    """
    name = benchmark_name(config.benchmark)
    encoders = tuple(sorted(config.encoders.items()))
    models_of(encoders)  # weights that are not there are said before anything is drawn
    settings = DrawingSettings(config.limits, config.workers, config.require_sandbox, config.stack)
    with engine_scope(), tasks_end_with_the_build(home):
        items = runner.run(
            read_benchmark,
            home=home,
            benchmark=config.benchmark,
            release=config.release,
            limit=config.limit,
            shard_rows=config.shard_rows,
        )
        answers = runner.run(take_answers, home=home, path=config.answers, items=items)
        done = _count_shards(3 * len(items), on_progress)
        calls = [
            {"home": home, "source": name, "shard": number, "items": shard}
            for number, shard in enumerate(items)
        ]
        references = runner.map(draw_references, [{**call, "settings": settings} for call in calls], done)
        drawn = runner.map(
            draw_answers,
            [
                {**call, "answers": shard, "settings": settings}
                for call, shard in zip(calls, answers.shards, strict=True)
            ],
            done,
        )
        scores = runner.map(
            score_answers,
            [
                {**call, "references": reference, "drawn": answer, "encoders": encoders}
                for call, reference, answer in zip(calls, references, drawn, strict=True)
            ],
            done,
        )
        result: dict[str, Any] = runner.run(
            publish_evaluation,
            home=home,
            benchmark=name,
            subject=str(config.answers),
            parent=None,
            shards=list(map(EvaluatedShard, items, references, answers.shards, drawn, scores)),
            answers=answers.counts,
            encoders=config.encoders,
            flow_run=flow_run,
        )
    return result


def _count_shards(shards: int, on_progress: Callable[[float], None] | None) -> Callable[[StageOutput], None]:
    finished: list[StageOutput] = []

    def done(output: StageOutput) -> None:
        finished.append(output)
        if on_progress is not None:
            on_progress(100 * len(finished) / shards)

    return done
