"""An evaluation, stage by stage, whatever runs the shards."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.release_report import leave_run_report
from storage.home import Home
from tasks.evaluation.answers import TakenAnswers, take_answers
from tasks.evaluation.checkpoint import ask_checkpoint, require_checkpoint
from tasks.evaluation.draw import DrawingSettings, draw_answers, draw_references
from tasks.evaluation.endpoint import ask_endpoint, require_endpoint
from tasks.evaluation.items import VALIDATION, benchmark_name, read_benchmark
from tasks.evaluation.judge import judge_answers
from tasks.evaluation.publish import EvaluatedShard, publish_evaluation
from tasks.evaluation.questions import require_askable
from tasks.evaluation.score import models_of, score_answers
from tasks.sft.engine import engine_scope
from tasks.stage import tasks_end_with_the_build
from vincicoder.config import all_cores
from vincicoder.render import RenderLimits
from vincicoder.sample import UserError
from vincicoder.train.recipes import EvaluationSampling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.runners import Runner
    from storage.outputs import StageOutput
    from vincicoder.chat.config import ModelConfig
    from vincicoder.evaluate.judge_config import JudgeConfig


@dataclass(frozen=True, slots=True)
class EvaluationConfig:
    """What is judged by what: a file of `answers`, or the model of a `checkpoint` or behind an `endpoint`.

    `release` is that of the validation split; `limit` takes the first items only; `sampling` is how a
    checkpoint answers; `judge` scores the pictures too, where there is one; `workers` is how many
    programs are drawn at once; `encoders` are weights by kind
    (`vincicoder.similarity.encoders.picture_models`); `stack` is what draws first, '' the item's own.
    """

    answers: Path | None = None
    checkpoint: str | None = None
    endpoint: ModelConfig | None = None
    sampling: EvaluationSampling = field(default_factory=EvaluationSampling)
    judge: JudgeConfig | None = None
    benchmark: str = VALIDATION
    release: str = "current"
    limit: int | None = None
    shard_rows: int = 50
    workers: int = field(default_factory=all_cores)
    require_sandbox: bool = False
    encoders: Mapping[str, str] = field(default_factory=dict)
    stack: str = ""
    limits: RenderLimits = field(default_factory=RenderLimits)

    @property
    def subject(self) -> str:
        """Whose answers are judged, as the report and the registry have it. Raises `SubjectError`."""
        given = [
            *([str(self.answers)] if self.answers is not None else []),
            *([self.checkpoint] if self.checkpoint is not None else []),
            *([f"{self.endpoint.model} at {self.endpoint.endpoint}"] if self.endpoint is not None else []),
        ]
        if len(given) != 1:
            raise SubjectError(
                f"received {', '.join(given) or 'nothing'} to judge; give one of --answers FILE.jsonl, "
                "--checkpoint run:ID, folder or hub id, and --endpoint URL --model NAME"
            )
        return given[0]


class SubjectError(UserError):
    """Not one of answers, checkpoint and endpoint is given."""


def run_evaluation(
    config: EvaluationConfig,
    home: Home,
    runner: Runner,
    flow_run: str,
    on_progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Judge answers. Finished outputs of earlier runs are used as they are, so a run that was killed goes on.

    Returns `run_id, items, metrics` (by name: `reference, strict, low, high`) and where the rest is. Raises
    `BenchmarkError`, `AnswersError`, `SubjectError`, `UnknownEncoderError`, `MissingWeightsError`, what the
    model's stages raise, and the runner's error where a shard fails.
    """
    name, subject = benchmark_name(config.benchmark), config.subject
    encoders = tuple(sorted(config.encoders.items()))
    models_of(encoders)  # weights that are not there are said before anything is drawn
    for served in (config.endpoint, config.judge):
        if served is not None:
            require_endpoint(served)
    if config.checkpoint is not None:
        require_checkpoint(home, config.checkpoint)
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
        if config.answers is None:
            require_askable(home, items)
        done = _count_shards((3 if config.judge is None else 4) * len(items), on_progress)
        calls = [
            {"home": home, "source": name, "shard": number, "items": shard}
            for number, shard in enumerate(items)
        ]
        references = runner.map(draw_references, [{**call, "settings": settings} for call in calls], done)
        answers = _answers(config, home, runner, items, references)
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
                {
                    **call,
                    "references": reference,
                    "drawn": answer,
                    "encoders": encoders,
                    "most_tries": answers.most_tries,
                }
                for call, reference, answer in zip(calls, references, drawn, strict=True)
            ],
            done,
        )
        judged: list[StageOutput | None] = [None] * len(items)
        if config.judge is not None:
            judged = list(
                runner.map(
                    judge_answers,
                    [
                        {**call, "references": reference, "drawn": answer, "config": config.judge}
                        for call, reference, answer in zip(calls, references, drawn, strict=True)
                    ],
                    done,
                )
            )
        result: dict[str, Any] = runner.run(
            publish_evaluation,
            home=home,
            benchmark=name,
            subject=subject if answers.parent is None else f"{subject} ({answers.parent})",
            parent=answers.parent,
            model=answers.model,
            shards=list(map(EvaluatedShard, items, references, answers.shards, drawn, scores, judged)),
            answers=answers.counts,
            encoders=config.encoders,
            flow_run=flow_run,
        )
    report = leave_run_report(home, result["run_id"])
    return {**result, "report": None if report is None else str(report)}


def _answers(
    config: EvaluationConfig,
    home: Home,
    runner: Runner,
    items: list[StageOutput],
    references: list[StageOutput],
) -> TakenAnswers:
    taken: TakenAnswers
    if config.answers is not None:
        taken = runner.run(take_answers, home=home, path=config.answers, items=items)
    elif config.checkpoint is not None:
        taken = runner.run(
            ask_checkpoint,
            home=home,
            checkpoint=config.checkpoint,
            sampling=config.sampling,
            items=items,
            references=references,
        )
    else:
        taken = runner.run(
            ask_endpoint, home=home, config=config.endpoint, items=items, references=references
        )
    return taken


def _count_shards(shards: int, on_progress: Callable[[float], None] | None) -> Callable[[StageOutput], None]:
    finished: list[StageOutput] = []

    def done(output: StageOutput) -> None:
        finished.append(output)
        if on_progress is not None:
            on_progress(100 * len(finished) / shards)

    return done
