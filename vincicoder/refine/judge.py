"""Decides whether flawed code counts: it must miss the target visibly, or fail with a short error."""

from __future__ import annotations

import difflib
import io
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from vincicoder.sample import Reason
from vincicoder.shares import percent
from vincicoder.similarity.color_distance import color_distance
from vincicoder.similarity.compare import StructureSimilarity, View, compare_structure, view, view_like

# A tile of the picture (of 8x8) whose structure falls below this differs visibly; a lost legend or a moved
# label in a chart does. Where only colours change, their distance decides (CIELAB; 2.3 is a just noticeable
# shift of everything).
_VISIBLE_WORST_SSIM = 0.9
_VISIBLE_COLOR_DISTANCE = 2.3
_VISIBLE_SIZE_CHANGE = 0.02
# Failures that say something about the code; others depend on the machine's load or are attacks.
_TELLING = frozenset({Reason.RENDER_ERROR, Reason.RENDER_NO_OUTPUT, Reason.RENDER_MISSING_DEPENDENCY})


class FlawOutcome(StrEnum):
    """The result of a flaw. Only the first two count."""

    DIFFERS = "differs"  # it draws, and misses the target visibly
    FAILS = "fails"  # it fails with an error short enough to show
    FAILS_TOO = "fails_too"  # the same, where a drawing is wanted: see `failing_percent`
    SAME = "same"  # no visible difference
    TOO_FAR = "too_far"  # hardly anything in common with the target
    LONG_ERROR = "long_error"
    OTHER_FAILURE = "other_failure"  # a timeout, the sandbox, a tool that is missing here
    UNUSABLE = "unusable"  # no code, too long, the right answer itself, or a tag that prompts give a meaning


@dataclass(frozen=True, slots=True)
class RefineLimits:
    """The band in which a flaw counts. Similarity is the SSIM of the two pictures, 0 to 1.

    `min_similarity` refuses drawings that have nothing to do with the target; `max_error_characters` errors
    that would crowd out the code. Failing code counts for `failing_percent` of the samples only, as models'
    programs mostly run: with 75, about one flaw in six fails.
    """

    min_similarity: float = 0.15
    max_similarity: float = 0.999
    max_error_characters: int = 400
    failing_percent: float = 75.0
    max_code_characters: int = 32_000


@dataclass(frozen=True, slots=True)
class FlawVerdict:
    """The outcome, and the similarity of the flawed render to the target where there is one."""

    outcome: FlawOutcome
    similarity: float | None = None

    @property
    def counts(self) -> bool:
        return self.outcome in (FlawOutcome.DIFFERS, FlawOutcome.FAILS)


# What `judge_picture` says of a flawed picture that has every pixel of its target.
SAME_PICTURE = FlawVerdict(FlawOutcome.SAME, 1.0)


def judge_failure(sample_id: str, reason: str, detail: str, limits: RefineLimits) -> FlawVerdict:
    """Judge flawed code that did not render."""
    if Reason(reason) not in _TELLING:
        return FlawVerdict(FlawOutcome.OTHER_FAILURE)
    if len(detail) > limits.max_error_characters:
        return FlawVerdict(FlawOutcome.LONG_ERROR)
    wanted = percent(f"failing\0{sample_id}") < limits.failing_percent
    return FlawVerdict(FlawOutcome.FAILS if wanted else FlawOutcome.FAILS_TOO)


def read_target(target: bytes) -> View:
    """Return a target's picture (PNG) as flawed ones are compared with it: once for all tries."""
    return view(_read(target))


def judge_picture(target: View, flawed: bytes, limits: RefineLimits) -> FlawVerdict:
    """Judge flawed code by its picture (PNG)."""
    candidate = view_like(_read(flawed), target)
    found = compare_structure(target, candidate)
    similarity = max(0.0, min(1.0, found.ssim))
    if similarity > limits.max_similarity or not _is_visible(found, target, candidate):
        return FlawVerdict(FlawOutcome.SAME, similarity)
    return FlawVerdict(
        FlawOutcome.DIFFERS if similarity >= limits.min_similarity else FlawOutcome.TOO_FAR, similarity
    )


def _is_visible(found: StructureSimilarity, target: View, candidate: View) -> bool:
    """Whether the eye sees a difference. Colours are looked at last: they take longest, and seldom decide."""
    return (
        found.worst_ssim < _VISIBLE_WORST_SSIM
        or abs(found.scale - 1) > _VISIBLE_SIZE_CHANGE
        or abs(found.aspect_ratio - 1) > _VISIBLE_SIZE_CHANGE
        or color_distance(target.pixels, candidate.pixels) > _VISIBLE_COLOR_DISTANCE
    )


def difficulty(flawed: str, code: str, faults: int, similarity: float | None) -> str:
    """Return how hard a flaw is to correct: `easy`, `medium` or `hard`.

    Many changed lines or faults make it harder, and so does a difference that is hard to see: an SSIM of
    0.95 and more counts as much as two further faults, 0.85 as one. An error says where to look.
    """
    matcher = difflib.SequenceMatcher(None, flawed.splitlines(), code.splitlines(), autojunk=False)
    lines = sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
    score = max(faults, 1 + lines // 4)
    if similarity is not None:
        score += 2 if similarity >= 0.95 else int(similarity >= 0.85)
    return ("easy", "medium", "hard")[min(2, (score - 1) // 2)]


def _read(encoded: bytes) -> Image.Image:
    with Image.open(io.BytesIO(encoded)) as image:
        image.load()
        return image if image.mode == "RGB" else image.convert("RGB")


def is_usable(flawed: str, code: str, limits: RefineLimits) -> bool:
    """Whether flawed code may be shown in a prompt at all, before it is rendered.

    A tag such as `<image>` in it would be taken for a picture by the trainers.
    """
    tags = ("<image>", "<video>", "<audio>")
    return (
        bool(flawed.strip())
        and flawed.strip() != code.strip()
        and len(flawed) <= limits.max_code_characters
        and not any(tag in flawed for tag in tags)
    )
