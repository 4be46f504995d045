"""Let a model judge what answers drew beside the references. Off unless a judge is configured."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.evaluation import judged_schema
from tasks.evaluation.endpoint import ask_kept
from tasks.evaluation.rows import all_kept
from tasks.evaluation.score import pairs_of
from tasks.stage import StageName, run_stage, stop_if_asked
from vincicoder.evaluate.asking import picture_for_model
from vincicoder.evaluate.metric import Metric, Score, score_pair
from vincicoder.evaluate.rubrics import RUBRICS, VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from tasks.stage import StageTables
    from vincicoder.chat.question import ModelAnswer
    from vincicoder.evaluate.judge_config import JudgeConfig
    from vincicoder.evaluate.pair import Pair
    from vincicoder.evaluate.rubrics import Rubric

STAGE = StageName("judge_answers", 1)
USE = "judge"
_ROUNDS = 3  # a verdict without a score is asked for again


@task(**STAGE.shard_task)
def judge_answers(
    home: Home,
    source: str,
    shard: int,
    items: StageOutput,
    references: StageOutput,
    drawn: StageOutput,
    config: JudgeConfig,
) -> StageOutput:
    """Judge one shard. Answers that draw nothing are not shown to the judge: they have the worst. Items whose
    verdict has no score after three rounds have none.

    Raises `EndpointDownError`, `EndpointError`, `EndpointSettingsError`.
    """
    rubrics = [RUBRICS[name] for name in config.rubrics]
    decides = {"rubrics": VERSION, "endpoint": config.endpoint, **config.decides()}

    def compute(_key: str) -> StageTables:
        stop_if_asked(home)
        pairs = list(pairs_of(home, items, references, drawn))
        rows: list[dict[str, Any]] = [{"item_id": pair.item_id} for pair in pairs]
        given: list[list[ModelAnswer]] = [[] for _ in pairs]
        for rubric in rubrics:
            verdicts = _verdicts(home, rubric, pairs, config, decides, given)
            for number, pair in enumerate(pairs):
                score = _score(rubric, pair, verdicts.get(number))
                if score is not None:
                    rows[number] |= {
                        f"{rubric.name}_reference": score.reference,
                        f"{rubric.name}_strict": score.strict,
                    }
        for row, answers in zip(rows, given, strict=True):
            row["judge_tokens_in"] = sum(answer.tokens_in for answer in answers)
            row["judge_tokens_out"] = sum(answer.tokens_out for answer in answers)
            row["judge_cost"] = fsum(answer.cost for answer in answers)
        return all_kept(pa.Table.from_pylist(rows, judged_schema([rubric.name for rubric in rubrics])))

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters={**decides, "names": [rubric.name for rubric in rubrics]},
        inputs=[items, references, drawn],
        rows_in=items.rows_kept,
        compute=compute,
    )


def _is_shown(rubric: Rubric, pair: Pair) -> bool:
    """Whether the judge is asked: not where the score is known without it."""
    if not rubric.applies(pair) or pair.answer.png is None or pair.reference.png is None:
        return False
    return pair.reference.is_blank or not pair.answer.is_blank


def _verdicts(
    home: Home,
    rubric: Rubric,
    pairs: Sequence[Pair],
    config: JudgeConfig,
    decides: dict[str, object],
    given: list[list[ModelAnswer]],
) -> dict[int, float]:
    """Return the scores by the number of their pair, and note in `given` what was asked."""
    shown = {}
    for number, pair in enumerate(pairs):
        if _is_shown(rubric, pair) and pair.reference.png is not None and pair.answer.png is not None:
            shown[number] = (picture_for_model(pair.reference.png), picture_for_model(pair.answer.png))
    scores: dict[int, float] = {}
    for round_number in range(_ROUNDS):
        waiting = [number for number in shown if number not in scores]
        questions = [rubric.question(*shown[number], round_number, config.seed) for number in waiting]
        answers = ask_kept(home, USE, decides, config, questions) if questions else []
        for number, answer in zip(waiting, answers, strict=True):
            given[number].append(answer)
            score = rubric.score_in(answer.text)
            if score is not None:
                scores[number] = score
    return scores


def _score(rubric: Rubric, pair: Pair, verdict: float | None) -> Score | None:
    """Return both modes of a score; None where the item has none."""
    if not rubric.applies(pair) or (verdict is None and _is_shown(rubric, pair)):
        return None
    value = verdict or 0.0
    metric = Metric(
        names=(rubric.name,),
        source=rubric.source,
        measure=lambda _pair: {rubric.name: Score(value, value)},
        applies=rubric.applies,
        best=float(rubric.best),
        failed=rubric.failed,
    )
    return score_pair([metric], pair)[rubric.name]
