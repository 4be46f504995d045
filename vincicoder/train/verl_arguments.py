"""Recipes as overrides of verl's configuration, in Hydra's syntax."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vincicoder.train.recipes import GrpoRecipe
from vincicoder.train.swift_arguments import TrainingInputs


def verl_settings(
    recipe: GrpoRecipe, inputs: TrainingInputs, adapter: Path, reward_arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Return verl's settings by their dotted names; `recipe.extra` wins over what is made here.

    `adapter` is the file whose `compute_score` verl calls, with `reward_arguments` as keywords.
    """
    rollout, actor = "actor_rollout_ref.rollout", "actor_rollout_ref.actor"
    settings: dict[str, Any] = {
        "algorithm.adv_estimator": "grpo",
        "algorithm.use_kl_in_reward": False,
        "data.train_files": [str(path) for path in inputs.train_files],
        "data.val_files": [str(path) for path in inputs.validation_files or inputs.train_files],
        "data.train_batch_size": recipe.prompts_per_step,
        "data.max_prompt_length": recipe.prompt_tokens,
        "data.max_response_length": recipe.response_tokens,
        # Preflight has counted tokens: a prompt that is too long stops the run, none is left out.
        "data.filter_overlong_prompts": False,
        "data.truncation": "error",
        "data.image_key": "images",
        "data.image_patch_size": 16,
        "data.seed": recipe.seed,
        "+data.mm_processor_kwargs.min_pixels": recipe.min_pixels,
        "+data.mm_processor_kwargs.max_pixels": recipe.max_pixels,
        "actor_rollout_ref.model.path": str(inputs.model),
        "actor_rollout_ref.model.enable_gradient_checkpointing": True,
        "actor_rollout_ref.model.use_remove_padding": True,
        f"{actor}.optim.lr": recipe.learning_rate,
        f"{actor}.optim.weight_decay": recipe.weight_decay,
        f"{actor}.ppo_mini_batch_size": recipe.prompts_per_update,
        f"{actor}.ppo_micro_batch_size_per_gpu": recipe.batch_per_device,
        f"{actor}.use_dynamic_bsz": True,
        f"{actor}.ppo_max_token_len_per_gpu": recipe.update_tokens,
        f"{actor}.fsdp_config.param_offload": recipe.offload,
        f"{actor}.fsdp_config.optimizer_offload": recipe.offload,
        f"{actor}.use_kl_loss": recipe.kl_coefficient > 0,
        f"{actor}.kl_loss_coef": recipe.kl_coefficient,
        f"{actor}.clip_ratio": recipe.clip_low,
        f"{actor}.clip_ratio_low": recipe.clip_low,
        f"{actor}.clip_ratio_high": recipe.clip_high,
        # The last one is the weights as transformers reads them: what later stages start from.
        f"{actor}.checkpoint.save_contents": ["model", "optimizer", "extra", "hf_model"],
        f"{rollout}.name": "vllm",
        f"{rollout}.n": recipe.answers,
        f"{rollout}.temperature": recipe.temperature,
        f"{rollout}.top_p": recipe.top_p,
        f"{rollout}.dtype": recipe.dtype,
        f"{rollout}.tensor_model_parallel_size": recipe.tensor_parallel,
        f"{rollout}.gpu_memory_utilization": recipe.rollout_memory,
        f"{rollout}.max_num_batched_tokens": recipe.max_batched_tokens,
        f"{rollout}.log_prob_micro_batch_size_per_gpu": recipe.batch_per_device,
        "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu": recipe.batch_per_device,
        "reward.custom_reward_function.path": str(adapter),
        "reward.custom_reward_function.name": "compute_score",
        "trainer.n_gpus_per_node": recipe.environment.gpus,
        "trainer.nnodes": recipe.environment.nodes,
        "trainer.total_epochs": recipe.epochs,
        "trainer.save_freq": recipe.save_steps,
        "trainer.test_freq": recipe.validate_steps or -1,
        "trainer.val_before_train": recipe.validate_before_train,
        "trainer.max_actor_ckpt_to_keep": recipe.keep_checkpoints,
        "trainer.default_local_dir": str(inputs.output),
        "trainer.validation_data_dir": str(inputs.output.parent / "validation"),
        "trainer.rollout_data_dir": str(inputs.output.parent / "rollouts"),
        "trainer.project_name": "vincicoder",
        "trainer.experiment_name": inputs.output.parent.name,
        "trainer.logger": ["console", "file"],
        **_resume(inputs),
    }
    if recipe.max_steps is not None:
        settings["trainer.total_training_steps"] = recipe.max_steps
    for name, value in reward_arguments.items():
        settings[f"+reward.custom_reward_function.reward_kwargs.{name}"] = value
    return settings | recipe.extra


def _resume(inputs: TrainingInputs) -> dict[str, str]:
    """Name the checkpoint to resume from: verl by itself takes only the newest, and starts from the beginning
    where that one is missing."""
    if inputs.resume_from is None:
        return {"trainer.resume_mode": "disable"}
    step = next(path for path in inputs.resume_from.parents if path.name.startswith("global_step_"))
    return {"trainer.resume_mode": "resume_path", "trainer.resume_from_path": str(step)}


def as_overrides(settings: Mapping[str, Any]) -> list[str]:
    """Return settings in Hydra's override syntax, every value quoted where it needs to be."""
    return [f"{name}={_value(value)}" for name, value in settings.items()]


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(_value(item) for item in value)}]"
    if value is None:
        return "null"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _needs_quotes(value) else value
    return str(value)


def _needs_quotes(text: str) -> bool:
    return not text or not all(character.isalnum() or character in "_-./" for character in text)
