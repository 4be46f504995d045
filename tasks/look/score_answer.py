"""Scores an answer against a sample's picture, as a training would, for people to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.look.guarded import MOST_CHARACTERS
from vincicoder.look.thumbnails import data_uri, thumbnail
from vincicoder.reward import RewardConfig, RewardError, RewardItem, shared_scorer
from vincicoder.reward.heat_map import draw_heat_map
from vincicoder.sample import InfrastructureError

_SIDE = 2400
_FENCE = re.compile(r"^\s*```", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """`terms` are the score and its parts, 0 to 1; `picture` is a data URI; `problem` says why there is
    neither."""

    answer: str
    terms: dict[str, float]
    reason: str = ""
    detail: str = ""
    picture: str | None = None
    problem: str = ""


def score_answer(
    answer: str, picture: bytes, language: str, stack: str | None, own: str | None, data: str = ""
) -> ScoredAnswer:
    """Draw an answer in the sandbox and score it with the preset `default`.

    `answer` is a response with a fence, or code alone. `picture` is the sample's PNG, `own` its program where
    all of it is known, `data` the files that it reads (`vincicoder.data_files.pack_data`). The encoder is
    loaded with the first answer and stays.
    """
    if len(answer) > MOST_CHARACTERS:
        problem = f"received {len(answer):,} characters; at most {MOST_CHARACTERS:,} are scored"
        return ScoredAnswer(answer[:MOST_CHARACTERS], {}, problem=problem)
    response = answer if _FENCE.search(answer) else f"```{language}\n{answer}\n```"
    item = RewardItem(response, picture, language, own, stack or "", data)
    try:
        inspected = shared_scorer(RewardConfig(workers=1)).inspect(item)
    except RewardError as error:
        return ScoredAnswer(answer, {}, problem=error.failures[0])
    except (InfrastructureError, ValueError) as error:
        return ScoredAnswer(answer, {}, problem=str(error))
    except ImportError as error:
        problem = f"scoring needs the packages of the extra `reward`: `make trainers` ({error})"
        return ScoredAnswer(answer, {}, problem=problem)
    found = inspected.breakdown
    sheet = thumbnail(draw_heat_map(inspected), _SIDE, quality=90)
    shown = None if sheet is None else data_uri(sheet)
    return ScoredAnswer(answer, found.as_dict(), found.reason, found.detail, shown)
