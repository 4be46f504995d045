"""Everything that decides a score, and two presets: the published formula, and one with its faults fixed."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from vincicoder.render.api import RenderLimits
from vincicoder.render.engine.supervisor import DEADLINE_GRACE_SECONDS
from vincicoder.similarity.encoders.base import EMBEDDED, Feature

PRESETS = ("reference", "default")


@dataclass(frozen=True, slots=True)
class RewardConfig:
    """The reward's options; the defaults are the preset `default`. docs/reward.md has their measured effects.

    Encoder: `encoder`, `feature`, `device`, `batch_tiles` as in `load_encoder`.
    Tiles: `grid` "native" compares the whole picture and at least 4 tiles at every size, "internvl" as
    published; `skip_blank_tiles` leaves out tiles that are empty in both pictures; `rescale` takes the cosine
    of unrelated pictures as 0 (else the published (cos+1)/2); `align_bands` lays what stands between empty
    rows where the reference has it, in pictures of one width, for a share of the visual term.
    Mix: `coarse_weight`, `fine_weight`, `text_weight`, `color_weight`, `lpips_weight` make the visual term (a
    term without subject, text where neither picture has any, gives its weight to the others). With
    `coarse_weight` None the whole picture counts as one more tile, as published.
    `structure_weight` is the share of the visual term that the program's structure has (`structural.py`),
    where the row brings its own program.
    Shape: the visual term is multiplied by (smaller aspect ratio / larger) ** `aspect_power`, and by
    (size ratio / `free_size_ratio`) ** `size_power` where the sizes differ by more than that.
    Score: `format_weight` for one fenced block, `execution_weight` for code that draws, the rest for the
    visual term to its `visual_power`. With `zero_cheats`, blank pictures, copies of pixels (`copies.py`) and
    what the sandbox forbids have no score at all, and programs that cost much more than a drawing less of
    it. From `soft_chars` to `hard_chars` of code the score falls to 0.
    Rendering: `deadline_seconds` of wall time, the last one being for the killing; `cpu_seconds` is the
    strict limit. `retries` of what failed by our fault. `workers` as in RenderEngine.
    """

    encoder: str = EMBEDDED
    feature: Feature = "layernorm"
    device: str | None = None
    batch_tiles: int | None = None
    lpips_weights: str | None = None  # file of the AlexNet backbone; None: where torch.hub keeps it

    grid: Literal["native", "internvl"] = "native"
    most_tiles: int = 12
    skip_blank_tiles: bool = True
    rescale: bool = True
    align_bands: bool = True

    coarse_weight: float | None = 0.25
    fine_weight: float = 0.35
    text_weight: float = 0.25
    color_weight: float = 0.15
    lpips_weight: float = 0.0
    structure_weight: float = 0.0
    color_scale: float = 20.0  # CIELAB units at which the colour term has fallen to 1/e

    aspect_power: float = 1.0
    size_power: float = 0.5
    free_size_ratio: float = 2.0

    visual_power: float = 3.1  # of the visual term: half of a picture is worth about half, a frame little

    format_weight: float = 0.05
    execution_weight: float = 0.0
    require_fence: bool = False  # code without a fence is no answer (else it only loses the format term)
    single_block: bool = True  # several blocks lose the format term
    zero_cheats: bool = True
    soft_chars: int = 30_000
    hard_chars: int = 60_000

    deadline_seconds: float = 30.0
    cpu_seconds: float = 12.0
    memory_mb: int = 2048
    max_pixels: int = 16_000_000
    workers: int | None = None
    retries: int = 1
    require_sandbox: bool = True
    cached_references: int = 512
    cached_comparisons: int = 20_000

    def __post_init__(self) -> None:
        """Refuse what makes no sense. Raises ValueError."""
        weights = (self.fine_weight, self.text_weight, self.color_weight, self.lpips_weight)
        if min(*weights, self.coarse_weight or 0.0) < 0 or not sum(weights) + (self.coarse_weight or 0.0):
            raise ValueError(f"received weights {weights}: none may be negative, and one must be positive")
        if not 0 <= self.structure_weight <= 1:
            raise ValueError(f"received structure_weight={self.structure_weight}; it must be from 0 to 1")
        rest = 1 - self.format_weight - self.execution_weight
        if min(self.format_weight, self.execution_weight, rest) < 0:
            raise ValueError(
                f"received format_weight={self.format_weight} and execution_weight={self.execution_weight}; "
                "both must be at least 0, and their sum at most 1"
            )
        if self.deadline_seconds <= DEADLINE_GRACE_SECONDS:
            raise ValueError(f"received deadline_seconds={self.deadline_seconds}; it must be over 1")
        if not 0 < self.soft_chars <= self.hard_chars:
            raise ValueError("soft_chars must be positive and at most hard_chars")

    @classmethod
    def preset(cls, name: str, **options: Any) -> Self:
        """Return the preset "reference" or "default", with single options changed.

        Raises ValueError for another name, TypeError for an option that there isn't.
        """
        if name not in PRESETS:
            raise ValueError(f"received the preset {name!r}; there are {', '.join(PRESETS)}")
        unknown = sorted(set(options) - {field.name for field in fields(cls)})
        if unknown:
            raise TypeError(
                f"received the options {', '.join(unknown)}; see RewardConfig for those there are"
            )
        return replace(cls(**_REFERENCE) if name == "reference" else cls(), **options)

    @property
    def limits(self) -> RenderLimits:
        """The render engine's limits. The engine may need its grace to kill; the deadline includes it."""
        return RenderLimits(
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.deadline_seconds - DEADLINE_GRACE_SECONDS,
            memory_mb=self.memory_mb,
            max_pixels=self.max_pixels,
        )


_REFERENCE: dict[str, Any] = {
    "encoder": "facebook/dinov2-large",
    "feature": "hidden",
    "grid": "internvl",
    "skip_blank_tiles": False,
    "rescale": False,
    "align_bands": False,
    "coarse_weight": None,
    "fine_weight": 1.0,
    "text_weight": 0.0,
    "color_weight": 0.0,
    "aspect_power": 0.0,
    "size_power": 0.0,
    "visual_power": 1.0,
    "format_weight": 0.1,
    "execution_weight": 0.0,
    "require_fence": True,
    "single_block": False,
    "zero_cheats": False,
    "soft_chars": 10_000_000,
    "hard_chars": 10_000_000,
}
