"""What a score is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

KEYS = (
    "score",
    "format",
    "language",
    "rendered",
    "visual",
    "coarse",
    "fine",
    "text",
    "color",
    "lpips",
    "structure",
    "aspect",
    "size",
    "length",
    "blank",
    "raster",
)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One response's score and its terms; `dict(breakdown)` has the same keys for every response.

    All are 0 to 1. `score`: the reward. `format`: the answer is fenced as asked. `language`: there is code
    in the row's language. `rendered`: it drew a picture. `visual`: the mix of the next five, times `aspect`
    and `size`. `coarse`, `fine`: likeness of the whole picture, and of its tiles. `text`: of the lettering
    (1 where there is none). `color`: of the colours. `lpips`: 1 minus the distance (0 where not computed).
    `structure`: likeness of the programs' structures (0 where not computed).
    `length`: the factor for overlong code, and for code that costs more than a drawing. `blank`, `raster`: 1
    where the picture shows nothing, or is a copy of pixels.
    `reason` says in a word why there is no picture score, or less of it ("" if there is all of it; otherwise
    "no_code", "wrong_language", "too_long", "embedded_raster", "uneconomical", "blank", or the renderer's
    reason such as "render.error");
    `detail` says it to people. Neither is among the keys: trainers average what they are given.
    """

    score: float = 0.0
    format: float = 0.0
    language: float = 0.0
    rendered: float = 0.0
    visual: float = 0.0
    coarse: float = 0.0
    fine: float = 0.0
    text: float = 0.0
    color: float = 0.0
    lpips: float = 0.0
    structure: float = 0.0
    aspect: float = 0.0
    size: float = 0.0
    length: float = 0.0
    blank: float = 0.0
    raster: float = 0.0
    reason: str = ""
    detail: str = ""

    def keys(self) -> Iterator[str]:
        """Iterate over the scalar keys, always the same."""
        return iter(KEYS)

    def __getitem__(self, key: str) -> float:
        """Return one scalar. Raises KeyError."""
        if key not in KEYS:
            raise KeyError(f"received {key!r}; the keys are {', '.join(KEYS)}")
        value: float = getattr(self, key)
        return value

    def as_dict(self) -> dict[str, float]:
        """Return the scalars."""
        return {key: self[key] for key in KEYS}


assert {field.name for field in fields(Breakdown)} == {*KEYS, "reason", "detail"}


class RewardError(Exception):
    """Some rows could not be scored through no fault of the response; every other row was.

    `failures` maps the index of each such row to what happened; `breakdowns` has None in their place.
    """

    def __init__(self, failures: dict[int, str], breakdowns: list[Breakdown | None]) -> None:
        super().__init__(failures, breakdowns)
        self.failures = failures
        self.breakdowns = breakdowns

    def __str__(self) -> str:
        """Name the first three rows."""
        shown = "; ".join(f"row {row}: {what}" for row, what in sorted(self.failures.items())[:3])
        return f"{len(self.failures)} of {len(self.breakdowns)} rows could not be scored: {shown}"
