"""The filters in order; the first that objects decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vincicoder.clean.syntax import syntax_error
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from vincicoder.sample import Sample


@dataclass(frozen=True, slots=True)
class CleanLimits:
    """Bounds on a sample's code, in characters.

    The upper bound keeps an answer within the 10,240 response tokens that the published RL
    recipe allows (VinciCoder, arXiv 2511.00391), at about three characters a token.
    """

    min_characters: int = 16
    max_characters: int = 32_000


def check_code(sample: Sample, limits: CleanLimits) -> Rejection | None:
    """Return why the sample's code can't be used, or None when it can."""
    length = len(sample.code)
    if length < limits.min_characters:
        return Rejection(
            Reason.CLEAN_TOO_SHORT, f"{length} characters; at least {limits.min_characters} are needed"
        )
    if length > limits.max_characters:
        return Rejection(
            Reason.CLEAN_TOO_LONG, f"{length} characters; at most {limits.max_characters} are allowed"
        )
    problem = syntax_error(sample.language, sample.code)
    return Rejection(Reason.CLEAN_SYNTAX_ERROR, problem) if problem else None
