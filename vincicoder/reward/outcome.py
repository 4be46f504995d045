"""Computes the score from the result of a program."""

from __future__ import annotations

from dataclasses import dataclass

from vincicoder.reward.answer import ParsedAnswer
from vincicoder.reward.breakdown import Breakdown
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.copies import EMBEDDED_RASTER, Verdict
from vincicoder.reward.visual import Likeness
from vincicoder.sample import Reason

_DECIMALS = 6  # what lies beyond is the noise of single precision


@dataclass(frozen=True, slots=True)
class RenderOutcome:
    """What a program drew beside one reference: `likeness` is None where it drew nothing, or a blank.

    `notes` are those of its render, `record` says what it drew where that was asked.
    """

    likeness: Likeness | None = None
    blank: bool = False
    reason: str = ""
    detail: str = ""
    notes: tuple[str, ...] = ()
    record: str = ""

    @property
    def rendered(self) -> bool:
        """Whether the program drew a picture, blank or not."""
        return self.likeness is not None or self.blank


def assemble(
    answer: ParsedAnswer,
    outcome: RenderOutcome | None,
    config: RewardConfig,
    verdict: Verdict,
    structure: float | None = None,
) -> Breakdown:
    """Return the breakdown of an answer; `outcome` is None where there was nothing to render. `verdict` says
    what the way in which the picture was made leaves of the score; `structure` is the likeness of the
    programs, None where it is not asked or cannot be said."""
    if outcome is None:
        return Breakdown(
            format=answer.format,
            language=answer.language,
            length=round(answer.length, _DECIMALS),
            reason=answer.reason,
            detail=answer.detail,
        )
    likeness = outcome.likeness
    visual = likeness.visual if likeness else 0.0
    if likeness and structure is not None:
        visual += config.structure_weight * (structure - visual)
    rendered = float(outcome.rendered)
    rest = 1 - config.format_weight - config.execution_weight
    score = config.format_weight * answer.format + config.execution_weight * rendered
    score += rest * visual**config.visual_power
    cheat = outcome.blank or outcome.reason == Reason.RENDER_FORBIDDEN.value
    if config.zero_cheats and cheat:
        score = 0.0
    length = answer.length * verdict.factor
    return Breakdown(
        score=round(min(max(score * length, 0.0), 1.0), _DECIMALS),
        format=answer.format,
        language=answer.language,
        rendered=rendered,
        visual=round(visual, _DECIMALS),
        coarse=round(likeness.coarse, _DECIMALS) if likeness else 0.0,
        fine=round(likeness.fine, _DECIMALS) if likeness else 0.0,
        text=round(likeness.text, _DECIMALS) if likeness else 0.0,
        color=round(likeness.color, _DECIMALS) if likeness else 0.0,
        lpips=round(likeness.lpips, _DECIMALS) if likeness else 0.0,
        structure=round(structure, _DECIMALS) if likeness and structure is not None else 0.0,
        aspect=round(likeness.aspect, _DECIMALS) if likeness else 0.0,
        size=round(likeness.size, _DECIMALS) if likeness else 0.0,
        length=round(length, _DECIMALS),
        blank=float(outcome.blank),
        raster=float(verdict.reason == EMBEDDED_RASTER),
        reason=outcome.reason or verdict.reason,
        detail=outcome.detail or verdict.detail,
    )
