"""Training recipes: typed YAML files; a mistake in one fails before any work starts."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from vincicoder.project_files import project_file
from vincicoder.sample import UserError

TINY_MODEL = "tiny-random"
"""As a recipe's `model`: a model of ten million random parameters, made when it is first needed."""

Scalar = str | int | float | bool | None


class RecipeError(UserError, ValueError):
    """A recipe file that can't be used: what it holds, what is allowed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Environment(_Part):
    """Where the trainer runs. On GPU hosts ms-swift, verl and vLLM each want their own environment.

    `python` is that environment's interpreter; None takes the one that runs this. `variables` are added
    to the trainer's environment. `gpus` are per node; 0 trains on the CPU.
    """

    python: Path | None = None
    variables: dict[str, str] = {}
    gpus: int = Field(default=0, ge=0)
    nodes: int = Field(default=1, ge=1)

    @property
    def devices(self) -> int:
        """Processes that train: one a GPU, or one on the CPU."""
        return max(self.gpus, 1) * self.nodes


class RowLimits(_Part):
    """A part of a release, for a pilot run: the first `limit` rows of at most `max_characters` of text.

    What is left out is counted in the preflight's report. None takes all.
    """

    limit: int | None = Field(default=None, ge=1)
    max_characters: int | None = Field(default=None, ge=1)


class SftRecipe(_Part):
    """Supervised fine-tuning with ms-swift.

    `model` is a folder, a hub id, `run:<run id>` or `tiny-random`. `release` is the version of an SFT
    release, or `current`. `cached` has ms-swift read every row and count its tokens once, on the CPU, before
    the training starts, and keeps the result with the run; without it that is done while it trains. Lengths
    are in tokens, learning rates absolute. `extra` holds further arguments of ms-swift, by their names on its
    command line.
    """

    kind: Literal["sft"]
    model: str
    model_type: str
    release: str = "current"
    rows: RowLimits = RowLimits()
    cached: bool = False
    environment: Environment = Environment()
    tuner: Literal["full", "lora"] = "full"
    dtype: Literal["bfloat16", "float32"] = "bfloat16"
    zero_stage: Literal[0, 2, 3] = 0
    epochs: float = Field(default=1.0, gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    learning_rate: float = Field(gt=0)
    warmup_ratio: float = Field(default=0.05, ge=0, le=1)
    weight_decay: float = Field(default=0.1, ge=0)
    batch: int = Field(ge=1)
    batch_per_device: int = Field(default=1, ge=1)
    max_length: int = Field(ge=16)
    max_pixels: int = Field(default=4_194_304, ge=1024)
    freeze_vision: bool = False
    save_steps: int = Field(ge=1)
    keep_checkpoints: int = Field(default=3, ge=1)
    seed: int = 42
    extra: dict[str, Scalar | list[Scalar]] = {}

    @model_validator(mode="after")
    def _divides(self) -> Self:
        at_once = self.batch_per_device * self.environment.devices
        if self.batch % at_once:
            raise ValueError(
                f"batch={self.batch} is not a multiple of batch_per_device x devices = {at_once}; "
                "change one of them"
            )
        return self


class Reward(_Part):
    """How answers are scored: a preset of `vincicoder.reward`, here or by a service's address.

    `encoder` is a folder or hub id of a DINOv2 model; None takes the preset's own.
    """

    preset: Literal["default", "reference"] = "default"
    encoder: str | None = None
    service: str | None = None


class GrpoRecipe(_Part):
    """GRPO with verl or, on a single node, with ms-swift.

    The defaults are those of the published run (VinciCoder, arXiv 2511.00391, and its configuration
    file): 8 answers a prompt at temperature 1, no KL term, clip range 0.2 to 0.3. `prompts_per_step` is
    the rollout batch, `prompts_per_update` the batch of one optimiser step.
    """

    kind: Literal["grpo"]
    trainer: Literal["verl", "swift"]
    model: str
    model_type: str = "qwen3_vl"
    release: str = "current"
    rows: RowLimits = RowLimits()
    environment: Environment = Environment()
    dtype: Literal["bfloat16", "float32"] = "bfloat16"
    zero_stage: Literal[0, 2, 3] = 0
    answers: int = Field(default=8, ge=2)
    temperature: float = Field(default=1.0, gt=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    kl_coefficient: float = Field(default=0.0, ge=0)
    clip_low: float = Field(default=0.2, gt=0)
    clip_high: float = Field(default=0.3, gt=0)
    learning_rate: float = Field(default=1e-6, gt=0)
    weight_decay: float = Field(default=1e-2, ge=0)
    epochs: int = Field(default=1, ge=1)
    max_steps: int | None = Field(default=None, ge=1)
    prompts_per_step: int = Field(default=256, ge=1)
    prompts_per_update: int = Field(default=256, ge=1)
    batch_per_device: int = Field(default=1, ge=1)
    prompt_tokens: int = Field(default=6_144, ge=16)
    response_tokens: int = Field(default=10_240, ge=1)
    min_pixels: int = Field(default=262_144, ge=1024)
    max_pixels: int = Field(default=4_194_304, ge=1024)
    max_batched_tokens: int = Field(default=22_528, ge=1)
    tensor_parallel: int = Field(default=1, ge=1)
    rollout_memory: float = Field(default=0.6, gt=0, lt=1)
    save_steps: int = Field(default=20, ge=1)
    validate_steps: int = Field(default=20, ge=1)
    keep_checkpoints: int = Field(default=3, ge=1)
    seed: int = 42
    reward: Reward = Reward()
    extra: dict[str, Scalar | list[Scalar]] = {}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.prompts_per_step % self.prompts_per_update:
            raise ValueError(
                f"prompts_per_step={self.prompts_per_step} is not a multiple of "
                f"prompts_per_update={self.prompts_per_update}"
            )
        if self.trainer == "verl" and self.environment.gpus % self.tensor_parallel:
            raise ValueError(
                f"gpus={self.environment.gpus} is not a multiple of tensor_parallel={self.tensor_parallel}"
            )
        answers = self.prompts_per_update * self.answers
        at_once = self.batch_per_device * self.environment.devices
        if self.trainer == "swift" and answers % at_once:
            raise ValueError(
                f"prompts_per_update x answers = {answers} is not a multiple of "
                f"batch_per_device x devices = {at_once}"
            )
        return self


TrainingRecipe = SftRecipe | GrpoRecipe

_ANY_RECIPE: TypeAdapter[SftRecipe | GrpoRecipe] = TypeAdapter(
    Annotated[SftRecipe | GrpoRecipe, Field(discriminator="kind")]
)


def parse_recipe(fields: Any, origin: str) -> TrainingRecipe:
    """Return a recipe from what its YAML holds. Raises RecipeError that names every wrong field."""
    try:
        return _ANY_RECIPE.validate_python(fields)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'recipe'}: {item['msg']}"
            + (f" (received {item['input']!r})" if not isinstance(item["input"], dict) else "")
            for item in error.errors()
        )
        raise RecipeError(f"recipe {origin}: {wrong}") from error


def load_recipe_file(path: Path) -> TrainingRecipe:
    """Read a recipe. Raises RecipeError, FileNotFoundError."""
    if not path.is_file() and not path.is_absolute():
        with contextlib.suppress(FileNotFoundError):
            path = project_file(str(path))
    if not path.is_file():
        raise FileNotFoundError(
            f"no recipe file {path}; the project's own are recipes/sft/*.yaml and recipes/grpo/*.yaml"
        )
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise RecipeError(f"recipe {path} is not YAML: {error}") from error
    return parse_recipe(fields, str(path))
