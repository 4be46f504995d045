"""GRPO with ms-swift, answers by transformers and our reward: some steps, whose metrics arrive."""

from __future__ import annotations

from benchmarks.gpu import models
from benchmarks.gpu.part import Part
from benchmarks.gpu.trainer import common_recipe, train
from vincicoder.train.recipes import GrpoRecipe, Reward
from vincicoder.train.swift_arguments import TrainingInputs


def measure(part: Part) -> None:
    """Note the metrics of each step. Raises RuntimeError where one has none."""
    rows = part.data / "rl.parquet"
    if not rows.exists():
        raise FileNotFoundError(f"{part.data} has no RL rows: it was made from a home without an RL release")
    settings, model, encoder = part.settings, models.qwen(part), models.dino(part)
    common = common_recipe(part, model)
    recipe = GrpoRecipe(
        kind="grpo",
        trainer="swift",
        max_steps=settings.grpo_steps,
        answers=settings.grpo_answers,
        prompts_per_step=1,
        prompts_per_update=1,
        batch_per_device=settings.grpo_answers,
        prompt_tokens=settings.max_length,
        response_tokens=settings.grpo_tokens,
        validate_before_train=False,
        validate_steps=None,
        save_steps=10 * settings.grpo_steps,
        reward=Reward(preset="default", encoder=str(encoder)),
        **{**common, "extra": {**common["extra"], "use_vllm": False}},
    )
    inputs = TrainingInputs(model, [rows], [], part.work / "grpo/output")
    curves, spent = train(part, "grpo", recipe, inputs)
    wanted = ("loss", "reward", "reward_std", "grad_norm", "completions/mean_length")
    part.note(
        **spent,
        steps=settings.grpo_steps,
        answers=sum(1 for file in (part.work / "grpo/rollouts").glob("*.jsonl") for _ in file.open("rb")),
        metrics={name: curves[name] for name in wanted if name in curves},
        metric_names=len(curves),
    )
    if len(curves.get("reward", [])) < settings.grpo_steps:
        raise RuntimeError(f"received {len(curves.get('reward', []))} rewards in {settings.grpo_steps} steps")
