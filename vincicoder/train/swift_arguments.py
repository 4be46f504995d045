"""Recipes as the arguments of ms-swift, which reads them from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vincicoder.train.recipes import GrpoRecipe, SftRecipe

Arguments = dict[str, Any]

_OF_ROWS = (
    "model", "model_type", "template", "torch_dtype", "dataset", "val_dataset", "split_dataset_ratio",
    "strict", "truncation_strategy", "data_seed", "dataset_num_proc", "load_from_cache_file", "use_hf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainingInputs:
    """What a run reads and where it writes: all paths absolute.

    `resume_from` is the checkpoint to go on from, or None for a start. `cache` is where the rows lie, or
    will, as `swift export --to_cached_dataset` leaves them; None trains on the files themselves.
    `release` is the folder of the release, whatever part of its rows is trained on.
    """

    model: Path | str
    train_files: Sequence[Path]
    validation_files: Sequence[Path]
    output: Path
    resume_from: Path | None = None
    cache: Path | None = None
    release: Path | None = None


def sft_arguments(recipe: SftRecipe, inputs: TrainingInputs) -> Arguments:
    """Return the arguments of `swift sft`. The recipe's `extra` wins over what is made here."""
    devices = recipe.environment.devices
    arguments = _shared(recipe, inputs) | {
        "tuner_type": recipe.tuner,
        "num_train_epochs": recipe.epochs,
        "gradient_accumulation_steps": recipe.batch // (recipe.batch_per_device * devices),
        "warmup_ratio": recipe.warmup_ratio,
        "max_length": recipe.max_length,
        "freeze_vit": recipe.freeze_vision,
        "freeze_aligner": recipe.freeze_vision,
    }
    if inputs.validation_files:
        arguments |= {"eval_strategy": "steps", "eval_steps": recipe.save_steps}
    if inputs.cache is not None:
        del arguments["dataset"]
        arguments["cached_dataset"] = [str(inputs.cache / "train")]
        if arguments.pop("val_dataset", None):
            arguments["cached_val_dataset"] = [str(inputs.cache / "val")]
    return arguments | recipe.extra


def cache_arguments(recipe: SftRecipe, inputs: TrainingInputs, target: Path) -> Arguments:
    """Return the arguments of `swift export` that make the cache: what decides how rows are read."""
    shared = _shared(recipe, inputs)
    return {name: shared[name] for name in _OF_ROWS if name in shared} | {
        "to_cached_dataset": True,
        "max_length": recipe.max_length,
        "output_dir": str(target),
        "exist_ok": True,
    }


def grpo_arguments(recipe: GrpoRecipe, inputs: TrainingInputs, plugin: Path) -> Arguments:
    """Return the arguments of `swift rlhf`; `plugin` is the file that registers the reward."""
    devices = recipe.environment.devices
    answers = recipe.prompts_per_update * recipe.answers
    arguments = _shared(recipe, inputs) | {
        "rlhf_type": "grpo",
        "tuner_type": "full",
        "num_train_epochs": recipe.epochs,
        "gradient_accumulation_steps": answers // (recipe.batch_per_device * devices),
        "num_generations": recipe.answers,
        "temperature": recipe.temperature,
        "top_p": recipe.top_p,
        "beta": recipe.kl_coefficient,
        "epsilon": recipe.clip_low,
        "epsilon_high": recipe.clip_high,
        "max_length": recipe.prompt_tokens,
        "max_completion_length": recipe.response_tokens,
        "steps_per_generation": recipe.prompts_per_step
        // recipe.prompts_per_update
        * (answers // (recipe.batch_per_device * devices)),
        "use_vllm": recipe.environment.gpus > 0,
        "external_plugins": [str(plugin)],
        "reward_funcs": ["vincicoder"],
        # Keeps the release's own columns: the reward reads them.
        "remove_unused_columns": False,
        "disable_auto_column_mapping": True,
    }
    if inputs.validation_files and recipe.validate_steps:
        arguments |= {
            "eval_strategy": "steps",
            "eval_steps": recipe.validate_steps,
            "eval_on_start": recipe.validate_before_train,
            "per_device_eval_batch_size": recipe.batch_per_device,
            "num_generations_eval": 1,
        }
    if recipe.environment.gpus:
        arguments |= {
            "vllm_mode": "colocate",
            "vllm_gpu_memory_utilization": recipe.rollout_memory,
            "vllm_tensor_parallel_size": recipe.tensor_parallel,
            "sleep_level": 1,
        }
    return arguments | recipe.extra


def _shared(recipe: SftRecipe | GrpoRecipe, inputs: TrainingInputs) -> Arguments:
    arguments: Arguments = {
        "model": str(inputs.model),
        "model_type": recipe.model_type,
        "template": recipe.model_type,
        "torch_dtype": recipe.dtype,
        "attn_impl": "flash_attn" if recipe.environment.gpus else "sdpa",
        "dataset": [str(path) for path in inputs.train_files],
        "val_dataset": [str(path) for path in inputs.validation_files],
        "split_dataset_ratio": 0,
        # Together: a row that is malformed or too long stops the run; none is left out or cut in silence.
        "strict": True,
        "truncation_strategy": "delete",
        "per_device_train_batch_size": recipe.batch_per_device,
        "learning_rate": recipe.learning_rate,
        "weight_decay": recipe.weight_decay,
        "logging_steps": 1,
        "save_steps": recipe.save_steps,
        "save_total_limit": recipe.keep_checkpoints,
        "output_dir": str(inputs.output),
        "add_version": False,
        "report_to": ["none"],
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        # More than one process has been seen to hang while it maps a dataset.
        "dataset_num_proc": 1,
        "dataloader_num_workers": 4 if recipe.environment.gpus else 0,
        "load_from_cache_file": False,
        # Without these it asks a hub, even for a local folder.
        "check_model": False,
        "use_hf": True,
    }
    if not recipe.environment.gpus:
        arguments["use_cpu"] = True  # else transformers refuses bf16
    if recipe.max_steps is not None:
        arguments["max_steps"] = recipe.max_steps
    if recipe.zero_stage:
        arguments["deepspeed"] = f"zero{recipe.zero_stage}"
    if inputs.resume_from is not None:
        arguments["resume_from_checkpoint"] = str(inputs.resume_from)
    return {name: value for name, value in arguments.items() if value != []}


def swift_variables(recipe: SftRecipe | GrpoRecipe) -> Mapping[str, str]:
    """Return the environment variables that ms-swift reads settings from."""
    variables = {
        "MIN_PIXELS": str(recipe.min_pixels),
        "MAX_PIXELS": str(recipe.max_pixels),
        "TOKENIZERS_PARALLELISM": "false",
    }
    if recipe.environment.gpus:
        variables["NPROC_PER_NODE"] = str(recipe.environment.gpus)
    if recipe.environment.nodes > 1:
        variables["NNODES"] = str(recipe.environment.nodes)
    return variables
