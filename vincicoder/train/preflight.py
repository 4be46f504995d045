"""Checks before a trainer starts: a mistake should cost seconds, not a night of GPUs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vincicoder.sample import UserError
from vincicoder.train.checkpoints import (
    CheckpointError,
    architecture_of,
    inspect_checkpoint,
    read_configuration,
)
from vincicoder.train.environment import EnvironmentFacts, TrainerEnvironmentError
from vincicoder.train.lengths import LongRow, count_tokens
from vincicoder.train.memory import estimate_memory
from vincicoder.train.recipes import GrpoRecipe, Sampling, SftRecipe

_GIB = 1024**3
# Versions whose arguments and log formats this code was written for.
_TRAINERS = {"ms-swift": ("4.6.", "4.6"), "verl": ("0.9.", "0.9")}
# Weights in bf16 and AdamW's two moments and copy in fp32.
_CHECKPOINT_BYTES_PER_PARAMETER = 2 + 12
_ASSUMED_PARAMETERS = 9_000_000_000


@dataclass(frozen=True, slots=True)
class PreflightCheck:
    """One thing that was looked at. A check that is not `ok` stops the run unless it is a `warning`."""

    name: str
    ok: bool
    detail: str
    warning: bool = False


class PreflightError(UserError):
    """A run that must not start. Holds all checks; the message names those that failed."""

    def __init__(self, checks: Sequence[PreflightCheck]) -> None:
        self.checks = list(checks)
        super().__init__(
            "preflight: " + "; ".join(f"{check.name}: {check.detail}" for check in failures(checks))
        )


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What the checks need to know of a release. `problems` is what its verification found;
    `rows_left_out` are those that the recipe's `rows` does not take."""

    version: str
    rows: int
    rows_left_out: int
    problems: Sequence[str]
    longest: Sequence[LongRow]


def failures(checks: Iterable[PreflightCheck]) -> list[PreflightCheck]:
    return [check for check in checks if not check.ok and not check.warning]


def check_trainer(recipe: SftRecipe | GrpoRecipe, facts: EnvironmentFacts) -> PreflightCheck:
    """The trainer is installed, in a version this code knows."""
    by_verl = isinstance(recipe, GrpoRecipe) and recipe.trainer == "verl"
    return find_trainer("verl" if by_verl else "ms-swift", facts)


def find_trainer(name: Literal["ms-swift", "verl"], facts: EnvironmentFacts) -> PreflightCheck:
    """A trainer is installed, in a version this code knows."""
    extra = "rl" if name == "verl" else "sft"
    found = facts.versions.get(name)
    prefix, wanted = _TRAINERS[name]
    if found is None:
        detail = f"{facts.python} has no {name}; install vincicoder[{extra}] there, or set environment.python"
        return PreflightCheck("trainer", False, detail)
    if not found.startswith(prefix):
        return PreflightCheck("trainer", False, f"{facts.python} has {name} {found}; {wanted} is needed")
    return PreflightCheck("trainer", True, f"{name} {found}, torch {facts.versions.get('torch', 'missing')}")


def check_gpus(recipe: SftRecipe | GrpoRecipe, facts: EnvironmentFacts) -> PreflightCheck:
    """As many GPUs as the recipe asks for."""
    wanted, found = recipe.environment.gpus, len(facts.gpu_memory)
    if wanted > found:
        detail = (
            f"the recipe asks for {wanted} GPUs a node and {facts.python} sees {found}; set environment.gpus"
        )
        return PreflightCheck("gpus", False, detail)
    if wanted == 0 and isinstance(recipe, GrpoRecipe) and recipe.trainer == "verl":
        return PreflightCheck(
            "gpus", False, "verl needs a GPU: set environment.gpus, or trainer: swift for a CPU"
        )
    return PreflightCheck(
        "gpus", True, f"{wanted} of {found}" if wanted else "none asked for: it runs on the CPU"
    )


def check_model(model: Path | str, expected_architecture: str | None) -> PreflightCheck:
    """The base model is a folder with whole weights, of the architecture that is asked for."""
    if isinstance(model, str):
        return PreflightCheck(
            "model", True, f"{model} will be fetched from the hub by the trainer", warning=True
        )
    try:
        checkpoint = inspect_checkpoint(model)
    except CheckpointError as error:
        return PreflightCheck("model", False, str(error))
    if expected_architecture is not None and checkpoint.architecture != expected_architecture:
        detail = f"{model} is {checkpoint.architecture}; the run was started with {expected_architecture}"
        return PreflightCheck("model", False, detail)
    return PreflightCheck(
        "model", True, f"{checkpoint.parameters / 1e6:,.0f} M parameters, {checkpoint.architecture}"
    )


def check_model_type(model: Path | str, model_type: str) -> PreflightCheck:
    """The folder's own `model_type` is the recipe's."""
    if isinstance(model, str):
        return PreflightCheck("model_type", True, "known when the hub has been asked", warning=True)
    try:
        found = str(read_configuration(model).get("model_type"))
    except CheckpointError as error:
        return PreflightCheck("model_type", False, str(error))
    if found != model_type:
        return PreflightCheck(
            "model_type", False, f"{model} holds a {found}; the recipe says model_type: {model_type}"
        )
    return PreflightCheck("model_type", True, found)


def check_release(release: ReleaseFacts) -> PreflightCheck:
    """The release is what its manifest says, and has rows."""
    if release.problems:
        listed = "; ".join(release.problems[:5])
        return PreflightCheck(
            "release", False, f"{release.version} does not verify: {listed}. Build or fetch it again"
        )
    if not release.rows:
        return PreflightCheck(
            "release", False, f"{release.version} has no rows that the recipe's `rows` takes"
        )
    left_out = f", {release.rows_left_out:,} left out by `rows`" if release.rows_left_out else ""
    return PreflightCheck("release", True, f"{release.version}: {release.rows:,} rows{left_out}, verified")


def check_memory(
    recipe: SftRecipe | GrpoRecipe, model: Path | str, facts: EnvironmentFacts
) -> PreflightCheck:
    """One GPU's share of the training states and one micro-batch fit in its memory, by estimate; for GRPO
    also the weights that answer, in the rollout's share, beside the states that stay."""
    if not recipe.environment.gpus:
        return PreflightCheck("memory", True, "not estimated for a CPU")
    if isinstance(model, str):
        return PreflightCheck("memory", True, "not estimated: the model is not here yet", warning=True)
    parameters = inspect_checkpoint(model).parameters
    available = min(facts.gpu_memory, default=0)
    sharded = isinstance(recipe, GrpoRecipe) and recipe.trainer == "verl"  # by FSDP, as ZeRO 3 does
    estimate = estimate_memory(
        parameters,
        read_configuration(model),
        tokens=_tokens_at_once(recipe),
        devices=recipe.environment.devices,
        zero_stage=3 if sharded else recipe.zero_stage,
        trained_share=0.02 if isinstance(recipe, SftRecipe) and recipe.tuner == "lora" else 1.0,
        pixels=recipe.max_pixels * recipe.batch_per_device,
    )
    detail = f"about {estimate.total / _GIB:.0f} GiB of {available / _GIB:.0f} GiB a GPU"
    if estimate.total > available:
        lower = "update_tokens" if sharded else "batch_per_device or the tokens of a row"
        return PreflightCheck("memory", False, f"{detail}; raise zero_stage or gpus, or lower {lower}")
    if isinstance(recipe, GrpoRecipe):
        rollout = int(recipe.rollout_memory * available)
        weights = 2 * parameters // recipe.tensor_parallel
        states = 0 if recipe.offload else estimate.states
        detail += (
            f" in an update; {weights / _GIB:.0f} GiB of weights in a rollout of {rollout / _GIB:.0f} GiB"
        )
        if weights > rollout:
            detail += "; raise rollout_memory or tensor_parallel"
            return PreflightCheck("memory", False, detail)
        if rollout + states > available:
            detail += f", beside {states / _GIB:.0f} GiB that stay: lower rollout_memory, or set offload"
            return PreflightCheck("memory", False, detail)
    return PreflightCheck("memory", True, detail)


def _tokens_at_once(recipe: SftRecipe | GrpoRecipe) -> int:
    if isinstance(recipe, SftRecipe):
        return recipe.max_length * recipe.batch_per_device
    if recipe.trainer == "verl":
        return recipe.update_tokens
    return (recipe.prompt_tokens + recipe.response_tokens) * recipe.batch_per_device


def check_disk(folder: Path, model: Path | str, keep_checkpoints: int) -> PreflightCheck:
    """The checkpoints that are kept, and the one being written, fit on the disk. What kills cut off is named:
    it stays until somebody deletes it."""
    parameters = _ASSUMED_PARAMETERS if isinstance(model, str) else inspect_checkpoint(model).parameters
    needed = parameters * _CHECKPOINT_BYTES_PER_PARAMETER * (keep_checkpoints + 1)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    detail = f"{needed / _GIB:.1f} GiB of checkpoints, {free / _GIB:.1f} GiB free at {folder}"
    aside = folder / "output" / "broken"
    if cut_off := sum(path.stat().st_size for path in aside.rglob("*") if path.is_file()):
        detail += f"; {cut_off / _GIB:.1f} GiB of cut-off checkpoints lie in {aside}, nothing needs them"
    if needed > free:
        detail += "; lower keep_checkpoints or use another home"
    return PreflightCheck("disk", needed <= free, detail)


def check_lengths(
    release: ReleaseFacts,
    model: Path | str,
    python: Path,
    max_length: int,
    min_pixels: int,
    max_pixels: int,
) -> PreflightCheck:
    """The longest rows fit in the model's context as the recipe sets it."""
    if isinstance(model, str):
        return PreflightCheck("lengths", True, "not counted: the tokenizer is not here yet", warning=True)
    if not release.longest:
        return PreflightCheck("lengths", True, "no rows")
    try:
        counts = count_tokens(release.longest, model, python, min_pixels, max_pixels)
    except TrainerEnvironmentError as error:
        return PreflightCheck("lengths", False, str(error))
    longest = max(range(len(counts)), key=counts.__getitem__)
    over = sum(count > max_length for count in counts)
    detail = f"the longest has {counts[longest]:,} tokens; max_length is {max_length:,}"
    if over:
        at_least = "at least " if over == len(counts) else ""
        worst = release.longest[longest].sample_id[:12]
        detail = (
            f"{at_least}{over} rows exceed max_length={max_length:,} (sample {worst} has {counts[longest]:,} "
            "tokens): raise it, or leave long rows out with `rows.max_characters`"
        )
    return PreflightCheck("lengths", not over, detail)


def check_pixels(
    recipe: SftRecipe | GrpoRecipe | Sampling, parent: Mapping[str, Any] | None
) -> PreflightCheck:
    """Pictures are resized as for the checkpoint gone on from, of whose run `parent` is the recipe."""
    bounds = {name: getattr(recipe, name) for name in ("min_pixels", "max_pixels")}
    said = " to ".join(f"{pixels:,}" for pixels in bounds.values()) + " pixels"
    theirs = {name: (parent or {}).get(name, pixels) for name, pixels in bounds.items()}
    if theirs == bounds:
        return PreflightCheck("pixels", True, said)
    was = " to ".join(f"{pixels:,}" for pixels in theirs.values())
    return PreflightCheck(
        "pixels", False, f"{said} a picture; the checkpoint was trained with {was}", warning=True
    )


def architecture_at(model: Path | str) -> str | None:
    """The architecture of a local model, None for a hub id."""
    return None if isinstance(model, str) else architecture_of(read_configuration(model))
