"""Recipes: those of the project are valid, and mistakes are named before anything starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.imports import ROOT
from vincicoder.train.launcher import reward_arguments
from vincicoder.train.recipes import GrpoRecipe, RecipeError, SftRecipe, load_recipe_file, parse_recipe
from vincicoder.train.swift_arguments import TrainingInputs, grpo_arguments, sft_arguments
from vincicoder.train.verl_arguments import as_overrides, verl_settings

SFT = {"kind": "sft", "model": "m", "model_type": "qwen3_vl", "learning_rate": 1e-5, "batch": 8,
       "max_length": 1024, "save_steps": 10}  # fmt: skip
INPUTS = TrainingInputs(Path("/m"), [Path("/d/train.parquet")], [], Path("/runs/r/output"))


@pytest.mark.parametrize("path", sorted(ROOT.glob("recipes/sft/*.yaml")), ids=lambda path: path.stem)
def test_sft_recipes_of_the_project_load(path: Path) -> None:
    assert isinstance(load_recipe_file(path), SftRecipe)


@pytest.mark.parametrize("path", sorted(ROOT.glob("recipes/grpo/*.yaml")), ids=lambda path: path.stem)
def test_grpo_recipes_of_the_project_load(path: Path) -> None:
    assert isinstance(load_recipe_file(path), GrpoRecipe)


def test_the_published_run_is_the_recipe() -> None:
    """VinciCoder's configuration file: the numbers of its reinforcement learning, as verl gets them."""
    recipe = load_recipe_file(ROOT / "recipes/grpo/qwen3-vl-8b-published.yaml")
    assert isinstance(recipe, GrpoRecipe)
    assert (recipe.answers, recipe.temperature, recipe.top_p, recipe.kl_coefficient) == (8, 1.0, 1.0, 0.0)
    assert (recipe.clip_low, recipe.clip_high, recipe.learning_rate) == (0.2, 0.3, 1e-6)
    assert (recipe.prompts_per_step, recipe.prompts_per_update, recipe.epochs) == (256, 256, 1)
    assert (recipe.prompt_tokens, recipe.response_tokens) == (6144, 10_240)
    assert (recipe.min_pixels, recipe.max_pixels, recipe.max_batched_tokens) == (262_144, 4_194_304, 22_528)
    assert (recipe.environment.nodes, recipe.environment.gpus, recipe.tensor_parallel) == (2, 8, 4)
    assert reward_arguments(recipe, INPUTS)["preset"] == "reference"
    settings = verl_settings(recipe, INPUTS, Path("/verl.py"), {})
    actor, rollout = "actor_rollout_ref.actor", "actor_rollout_ref.rollout"
    published = {
        f"{actor}.fsdp_config.param_offload": True,
        f"{actor}.fsdp_config.optimizer_offload": True,
        f"{actor}.fsdp_config.model_dtype": "bfloat16",
        f"{actor}.ppo_max_token_len_per_gpu": 16_384,
        f"{rollout}.log_prob_max_token_len_per_gpu": 32_768,
        f"{rollout}.gpu_memory_utilization": 0.35,
        f"{rollout}.enable_chunked_prefill": False,
        "trainer.save_freq": 5,
        "trainer.max_actor_ckpt_to_keep": 30,
        "trainer.test_freq": -1,
        "trainer.val_before_train": False,
        "data.seed": 1,
    }
    assert {name: settings[name] for name in published} == published


def test_ours_differs_from_the_published_run_where_it_says_so() -> None:
    """Each difference stands in a line with the published value, or the reason, as a comment."""
    ours, published = (
        load_recipe_file(ROOT / f"recipes/grpo/qwen3-vl-8b{name}.yaml").model_dump()
        for name in ("", "-published")
    )
    lines = (ROOT / "recipes/grpo/qwen3-vl-8b.yaml").read_text().splitlines()
    different = {name for name in ours if ours[name] != published[name]}
    commented = {line.partition(":")[0] for line in lines if "#" in line and not line.startswith("#")}
    assert different - {"extra", "reward"} == commented


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "dpo"}, "Input tag 'dpo'"),
        ({"batch": 3, "batch_per_device": 2}, "batch=3 is not a multiple of batch_per_device x devices = 2"),
        ({"batch": 8, "environment": {"gpus": 3}}, "devices = 3"),
        ({"learning_rate": 0}, "learning_rate: Input should be greater than 0 (received 0)"),
        ({"lerning_rate": 1}, "lerning_rate: Extra inputs are not permitted"),
        ({"max_length": None}, "max_length"),
    ],
)
def test_a_mistake_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError) as raised:
        parse_recipe({**SFT, **change}, "mine.yaml")
    assert "mine.yaml" in str(raised.value)
    assert message in str(raised.value)


def test_a_missing_file_says_where_recipes_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="recipes/sft"):
        load_recipe_file(tmp_path / "none.yaml")


def test_sft_arguments_lose_no_row_in_silence_and_extra_wins() -> None:
    recipe = parse_recipe(
        {**SFT, "environment": {"gpus": 4}, "zero_stage": 3, "extra": {"lr_scheduler_type": "cosine"}}, "x"
    )
    assert isinstance(recipe, SftRecipe)
    arguments = sft_arguments(recipe, INPUTS)
    assert (arguments["strict"], arguments["truncation_strategy"]) == (True, "delete")
    assert arguments["gradient_accumulation_steps"] == 2
    assert arguments["deepspeed"] == "zero3"
    assert arguments["lr_scheduler_type"] == "cosine"
    assert "resume_from_checkpoint" not in arguments
    assert "val_dataset" not in arguments


def test_swift_grpo_generates_as_many_answers_as_the_recipe_says() -> None:
    recipe = load_recipe_file(ROOT / "recipes/grpo/qwen3-vl-8b-swift.yaml")
    assert isinstance(recipe, GrpoRecipe)
    arguments = grpo_arguments(recipe, INPUTS, Path("/plugin.py"))
    devices = recipe.environment.devices
    answers = arguments["per_device_train_batch_size"] * devices * arguments["steps_per_generation"]
    assert answers == recipe.prompts_per_step * recipe.answers
    assert (arguments["epsilon"], arguments["epsilon_high"], arguments["beta"]) == (0.2, 0.3, 0.0)


def test_verl_goes_on_from_the_checkpoint_that_was_found_whole_and_from_no_other() -> None:
    recipe = load_recipe_file(ROOT / "recipes/grpo/qwen3-vl-8b.yaml")
    assert isinstance(recipe, GrpoRecipe)
    step = Path("/runs/r/output/global_step_40")
    for found, expected in (
        (None, {"trainer.resume_mode": "disable"}),
        (
            step / "actor/huggingface",
            {"trainer.resume_mode": "resume_path", "trainer.resume_from_path": str(step)},
        ),
    ):
        settings = verl_settings(recipe, replace(INPUTS, resume_from=found), Path("/adapter.py"), {})
        assert {name: value for name, value in settings.items() if ".resume_" in name} == expected


def test_references_are_those_of_the_release_whatever_rows_are_taken() -> None:
    recipe = load_recipe_file(ROOT / "recipes/grpo/tiny-cpu.yaml")
    assert isinstance(recipe, GrpoRecipe)
    release = Path("/home/releases/rl/1")
    part = replace(INPUTS, train_files=[Path("/home/runs/r/data/train.parquet")], release=release)
    assert reward_arguments(recipe, part)["references"] == str(release)


def test_overrides_are_quoted_for_hydra() -> None:
    recipe = load_recipe_file(ROOT / "recipes/grpo/qwen3-vl-8b.yaml")
    assert isinstance(recipe, GrpoRecipe)
    settings = verl_settings(recipe, INPUTS, Path("/a b/adapter.py"), {"service": "http://host:8400"})
    overrides = as_overrides(settings)
    assert 'reward.custom_reward_function.path="/a b/adapter.py"' in overrides
    assert '+reward.custom_reward_function.reward_kwargs.service="http://host:8400"' in overrides
    assert "data.train_files=[/d/train.parquet]" in overrides
    assert "actor_rollout_ref.actor.clip_ratio_high=0.3" in overrides
