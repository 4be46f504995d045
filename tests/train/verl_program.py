"""Run in verl's environment: its own dataset, reward loop and GRPO advantage over rows of a release.

    python verl_program.py MODEL_FOLDER ADAPTER.py DATASET.py DUMPS rl=DATA.parquet sft=DATA.parquet

Prints one JSON object with, for each release, what the dataset holds and what four answers to two rows earn.
The answers are left in DUMPS by the trainer's own function: as training step 3's, and as the validation's
after it. DATASET.py is a dataset class of the user's own, as verl loads it: that of an SFT release.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
import verl.trainer
from hydra import compose, initialize_config_dir
from verl import DataProto
from verl.trainer.ppo import core_algos
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.v1.trainer_base import PPOTrainer
from verl.utils import hf_processor, hf_tokenizer
from verl.utils.dataset.rl_dataset import collate_fn, get_dataset_class

LENGTH = 512


def configure(data: str, model: str, adapter: str, dataset: str) -> Any:
    folder = Path(verl.trainer.__file__).parent / "config"
    function = "reward.custom_reward_function"
    own = [f"data.custom_cls.path={dataset}", "data.custom_cls.name=ReleaseDataset"] if dataset else []
    with initialize_config_dir(str(folder), version_base=None):
        return compose(
            "ppo_trainer",
            overrides=[
                "algorithm.adv_estimator=grpo",
                f"data.train_files=[{data}]",
                "data.image_key=images",
                f"data.max_prompt_length={LENGTH}",
                f"data.max_response_length={LENGTH}",
                "data.truncation=error",
                f"actor_rollout_ref.model.path={model}",
                "actor_rollout_ref.rollout.name=vllm",
                f"{function}.path={adapter}",
                f"{function}.name=compute_score",
                f"+{function}.reward_kwargs.references={Path(data).parent.parent}",
                *own,
            ],
        )


def as_rollouts(batch: DataProto, answers: list[str], tokenizer: Any) -> DataProto:
    """What verl's rollout hands to its reward loop: tokens, and the rows without their images."""
    made = tokenizer(
        answers,
        padding="max_length",
        max_length=LENGTH,
        truncation=True,
        padding_side="right",
        return_tensors="pt",
    )
    prompts = torch.ones(len(answers), 8, dtype=torch.long)
    return DataProto.from_dict(
        tensors={
            "prompts": prompts,
            "responses": made["input_ids"],
            "attention_mask": torch.cat([prompts, made["attention_mask"]], 1),
        },
        non_tensors={
            name: batch.non_tensor_batch[name] for name in ("data_source", "reward_model", "extra_info")
        },
    )


async def score(config: Any, tokenizer: Any, rollouts: DataProto) -> list[dict[str, Any]]:
    manager = load_reward_manager(config, tokenizer)
    manager.loop = asyncio.get_running_loop()  # a reward worker makes its manager in its own loop
    return await asyncio.gather(*[manager.run_single(rollouts[i : i + 1]) for i in range(len(rollouts))])


def dump(folder: Path, truth: list[str], answers: list[str], outcomes: list[dict[str, Any]]) -> None:
    """As `_validate` and `_log_rollout_data` call it: the breakdown is in the former only."""
    scores = [outcome["reward_score"] for outcome in outcomes]
    told: dict[str, list[Any]] = {"uid": [f"{number}_0_0" for number in range(len(answers))]}
    write, prompts = PPOTrainer._write_generations, ["user\nWrite code."] * len(answers)
    write(prompts, answers, truth, scores, told, str(folder / "rollouts"), 3)
    for name in outcomes[0]["reward_extra_info"]:
        told[name] = [outcome["reward_extra_info"][name] for outcome in outcomes]
    write(prompts, answers, truth, scores, {"reward": scores, **told}, str(folder / "validation"), 3)


def try_out(data: str, model: str, adapter: str, own_dataset: str, dumps: Path) -> dict[str, Any]:
    config = configure(data, model, adapter, own_dataset)
    tokenizer, processor = hf_tokenizer(model), hf_processor(model)
    dataset = get_dataset_class(config.data)([data], tokenizer, config.data, processor=processor)
    batch = DataProto.from_single_dict(collate_fn([dataset[0], dataset[0], dataset[1], dataset[1]]))
    truth = [row["ground_truth"] for row in batch.non_tensor_batch["reward_model"]]
    answers = [f"```svg\n{code}\n```" for code in (truth[0], "<svg broken", truth[2])] + ["no code"]
    outcomes = asyncio.run(score(config, tokenizer, as_rollouts(batch, answers, tokenizer)))
    dump(dumps, truth, answers, outcomes)
    scores = [outcome["reward_score"] for outcome in outcomes]
    rewards = torch.zeros(len(scores), LENGTH)
    rewards[:, -1] = torch.tensor(scores)
    advantages, _ = core_algos.compute_grpo_outcome_advantage(
        token_level_rewards=rewards,
        response_mask=torch.ones_like(rewards),
        index=np.array(["a", "a", "b", "b"], object),
    )
    return {
        "rows": len(dataset),
        "keys": sorted(dataset[0]),
        "scores": scores,
        "advantages": advantages[:, 0].tolist(),
        "breakdowns": sorted({tuple(sorted(outcome["reward_extra_info"])) for outcome in outcomes}),
    }


def main(model: str, adapter: str, own_dataset: str, dumps: str, *releases: str) -> None:
    """Each release is KIND=FILE; those of kind `sft` are read by our own dataset class."""
    found = {}
    for kind, _, data in (release.partition("=") for release in releases):
        custom = own_dataset if kind == "sft" else ""
        found[kind] = try_out(data, model, adapter, custom, Path(dumps, kind))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
