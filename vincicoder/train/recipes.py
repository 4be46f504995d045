"""Training recipes: typed YAML files; a mistake in one fails before any work starts."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from vincicoder.project_files import project_file
from vincicoder.sample import UserError
from vincicoder.yaml_file import read_yaml, wrong_fields

TINY_MODEL = "tiny-random"
"""As a recipe's `model`: a model of ten million random parameters, made when it is first needed."""

MIN_PIXELS, MAX_PIXELS = 262_144, 4_194_304
"""Between these a picture is resized before a model sees it, in every stage alike: in training, sampling and
reinforcement. The published run names them for its last stage."""

Scalar = str | int | float | bool | None


class RecipeError(UserError, ValueError):
    """A recipe file that can't be used: what it holds, what is allowed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interpreter(_Part):
    """Where a program of another environment runs: ms-swift, verl and vLLM each want their own on GPU hosts.

    `python` is that environment's interpreter; None takes the one that runs this. `variables` are added
    to the program's environment.
    """

    python: Path | None = None
    variables: dict[str, str] = {}


class Environment(Interpreter):
    """Where the trainer runs. `gpus` are per node; 0 trains on the CPU."""

    gpus: int = Field(default=0, ge=0)
    nodes: int = Field(default=1, ge=1)

    @property
    def devices(self) -> int:
        """Processes that train: one a GPU, or one on the CPU."""
        return max(self.gpus, 1) * self.nodes


class _SeesPictures(_Part):
    min_pixels: int = Field(default=MIN_PIXELS, ge=1024)
    max_pixels: int = Field(default=MAX_PIXELS, ge=1024)

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.min_pixels > self.max_pixels:
            raise ValueError(f"min_pixels={self.min_pixels} is over max_pixels={self.max_pixels}")
        return self


class Sampling(_SeesPictures):
    """How a checkpoint's answers are sampled, with vLLM where the environment has it, else transformers.

    `prompt_tokens` and `tokens` together are the context that vLLM makes room for; `memory` is its share of
    a GPU, `tensor_parallel` the number of GPUs that hold one model. `chunk_rows` rows are sampled in one
    call, `answers` for each; they are kept a chunk at a time.
    """

    environment: Interpreter = Interpreter()
    answers: int = Field(default=4, ge=2)
    tokens: int = Field(default=10_240, ge=1)
    prompt_tokens: int = Field(default=6_144, ge=16)
    temperature: float = Field(default=1.0, gt=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    dtype: Literal["auto", "bfloat16", "float32"] = "auto"
    memory: float = Field(default=0.9, gt=0, lt=1)
    tensor_parallel: int = Field(default=1, ge=1)
    chunk_rows: int = Field(default=256, ge=1)

    def decides_answers(self) -> dict[str, Any]:
        """Return what decides the answers: all but where and how fast they are sampled."""
        return self.model_dump(
            mode="json", exclude={"environment", "memory", "tensor_parallel", "chunk_rows"}
        )


class EvaluationSampling(Sampling):
    """How a checkpoint is sampled to be judged: one answer an item. A temperature of 0 takes the likeliest
    token each time."""

    answers: int = Field(default=1, ge=1, le=1)
    tokens: int = Field(default=8_192, ge=1)
    temperature: float = Field(default=0.0, ge=0)


class RowLimits(_Part):
    """A part of a release, for a pilot run: the first `limit` rows of at most `max_characters` of text.

    What is left out is counted in the preflight's report. None takes all.
    """

    limit: int | None = Field(default=None, ge=1)
    max_characters: int | None = Field(default=None, ge=1)


class SftRecipe(_SeesPictures):
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


class GrpoRecipe(_SeesPictures):
    """GRPO with verl or, on a single node, with ms-swift.

    The defaults are those of the published run (VinciCoder, arXiv 2511.00391, and its configuration
    file): 8 answers a prompt at temperature 1, no KL term, clip range 0.2 to 0.3. `prompts_per_step` is
    the rollout batch, `prompts_per_update` the batch of one optimiser step. With verl `update_tokens` fill
    one micro-batch of an update, and `offload` keeps weights and optimizer in the host's memory while
    answers are sampled. `validate_steps` null: never.
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
    max_batched_tokens: int = Field(default=22_528, ge=1)
    update_tokens: int = Field(default=22_528, ge=1)
    tensor_parallel: int = Field(default=1, ge=1)
    rollout_memory: float = Field(default=0.6, gt=0, lt=1)
    offload: bool = False
    save_steps: int = Field(default=20, ge=1)
    validate_before_train: bool = True
    validate_steps: int | None = Field(default=20, ge=1)
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
        if self.update_tokens < self.prompt_tokens + self.response_tokens and self.trainer == "verl":
            raise ValueError(
                f"update_tokens={self.update_tokens} is below prompt_tokens + response_tokens = "
                f"{self.prompt_tokens + self.response_tokens}: one sequence must fit"
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
        raise RecipeError(f"recipe {origin}: {wrong_fields(error)}") from error


def load_recipe_file(path: Path) -> TrainingRecipe:
    """Read a recipe. Raises RecipeError, FileNotFoundError."""
    if not path.is_file() and not path.is_absolute():
        with contextlib.suppress(FileNotFoundError):
            path = project_file(str(path))
    if not path.is_file():
        raise FileNotFoundError(
            f"no recipe file {path}; the project's own are recipes/sft/*.yaml and recipes/grpo/*.yaml"
        )
    return parse_recipe(read_yaml(path, "recipe", RecipeError), str(path))
