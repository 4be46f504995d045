"""Reads a release with one client: `python reads.py CLIENT SFT_RELEASE RL_RELEASE MODEL`, in its environment.

Prints one JSON object: `version` of the client, and what it read as `detail`. Fails where it reads wrong.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

IMAGE_TOKEN = 151_655


def shards(release: Path, split: str = "*") -> list[str]:
    return sorted(str(path) for path in (release / "data").glob(f"{split}-*.parquet"))


def rows_in(release: Path) -> int:
    return sum(json.loads((release / "manifest.json").read_text())["rows"].values())


def opened(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        return image.size


def read_pandas(sft: Path, rl: Path, model: Path) -> str:
    import pandas

    sizes = []
    for release, picture in ((sft, lambda row: row["image"]), (rl, lambda row: row["images"][0])):
        frame = pandas.concat(map(pandas.read_parquet, shards(release)))
        assert len(frame) == rows_in(release)
        for _, row in frame.iterrows():
            assert opened(picture(row)["bytes"]) == (row["image_width"], row["image_height"])
        sizes.append(len(frame))
    return f"{sizes[0]} SFT rows, {sizes[1]} RL rows, every picture decoded"


def read_polars(sft: Path, rl: Path, model: Path) -> str:
    import polars

    sizes = []
    for release, column in ((sft, "image"), (rl, "images")):
        table = polars.read_parquet(shards(release))
        assert table.height == rows_in(release)
        for row in table.iter_rows(named=True):
            picture = row[column] if column == "image" else row[column][0]
            assert opened(picture["bytes"]) == (row["image_width"], row["image_height"])
        sizes.append(table.height)
    return f"{sizes[0]} SFT rows, {sizes[1]} RL rows, every picture decoded"


_COUNTS = "SELECT count(*), (SELECT count(*) FROM images), (SELECT count(*) FROM fate) FROM samples"


def read_duckdb(sft: Path, rl: Path, model: Path) -> str:
    import duckdb

    with duckdb.connect(str(sft / "catalog.duckdb"), read_only=True) as catalog:
        samples, images, fates = catalog.execute(_COUNTS).fetchall()[0]
    assert samples == images == rows_in(sft)
    found = duckdb.sql(f"SELECT count(*) FROM read_parquet({shards(rl)})").fetchall()[0][0]
    assert found == rows_in(rl)
    return f"catalogue: {samples} samples with pictures, {fates} fates; {found} RL rows"


def read_duckdb_cli(sft: Path, rl: Path, model: Path) -> str:
    client = Path(sys.executable).with_name("duckdb")
    command = [str(client), "-readonly", "-csv", "-noheader", str(sft / "catalog.duckdb"), "-c", _COUNTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    samples, images, fates = map(int, done.stdout.strip().split(","))
    assert samples == images == rows_in(sft)
    return f"catalogue: {samples} samples with pictures, {fates} fates"


def read_datasets(sft: Path, rl: Path, model: Path) -> str:
    from datasets import load_dataset

    sizes = []
    for release, picture in ((sft, lambda row: row["image"]), (rl, lambda row: row["images"][0])):
        count = 0
        for split in load_dataset(str(release), streaming=True).values():
            for row in split:
                assert picture(row).size == (row["image_width"], row["image_height"])
                count += 1
        assert count == rows_in(release)
        sizes.append(count)
    return f"streamed {sizes[0]} SFT rows and {sizes[1]} RL rows, every picture decoded by itself"


def read_swift_sft(sft: Path, rl: Path, model: Path) -> str:
    from swift.dataset import load_dataset

    rows, _ = load_dataset(shards(sft), strict=True, num_proc=1)
    assert len(rows) == rows_in(sft)
    assert all(row["images"] and row["messages"][0]["content"].count("<image>") == 1 for row in rows)
    return f"{len(rows)} rows, strictly"


def read_swift_grpo(sft: Path, rl: Path, model: Path) -> str:
    from swift.dataset import load_dataset

    rows, _ = load_dataset(shards(rl), strict=True, num_proc=1, remove_unused_columns=False,
                           disable_auto_column_mapping=True)  # fmt: skip
    assert len(rows) == rows_in(rl)
    assert all(row["images"] and row["language"] and row["reference_sha256"] for row in rows)
    return f"{len(rows)} rows, with the columns that the reward reads"


def read_verl(sft: Path, rl: Path, model: Path) -> str:
    from omegaconf import OmegaConf
    from verl.utils import hf_processor, hf_tokenizer
    from verl.utils.dataset.rl_dataset import RLHFDataset

    config = OmegaConf.create({"max_prompt_length": 2048, "image_key": "images", "truncation": "error",
                               "filter_overlong_prompts": False,
                               "cache_dir": tempfile.mkdtemp()})  # fmt: skip
    rows = RLHFDataset(shards(rl), hf_tokenizer(str(model)), config, processor=hf_processor(str(model)))
    assert len(rows) == rows_in(rl)
    for number in range(len(rows)):
        row = rows[number]
        assert row["extra_info"]["language"] and row["reward_model"]["ground_truth"] and row["raw_prompt"]
    return f"{len(rows)} rows through RLHFDataset"


def read_trl_sft(sft: Path, rl: Path, model: Path) -> str:
    from datasets import load_dataset
    from transformers import AutoProcessor
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    rows = load_dataset("parquet", data_files=shards(sft, "train"), split="train")
    kept = [name for name in rows.column_names if name not in ("image", "instruction", "messages")]
    rows = rows.remove_columns(kept).map(
        lambda row: {"prompt": [{"role": "user", "content": row["instruction"].replace("<image>", "")}],
                     "completion": row["messages"][1:]},
        remove_columns=["instruction", "messages"],
    )  # fmt: skip
    processor: Any = AutoProcessor.from_pretrained(model)
    collate = DataCollatorForVisionLanguageModeling(processor=processor, max_length=None)
    for row in rows:
        tokens = collate([row])["input_ids"][0].tolist()
        assert tokens.count(IMAGE_TOKEN) > 1
        assert "<image>" not in processor.tokenizer.decode(tokens)
    return f"{len(rows)} rows through its collator, by the map of docs/release.md"


def read_trl_grpo(sft: Path, rl: Path, model: Path) -> str:
    from datasets import load_dataset
    from transformers import AutoModelForImageTextToText, AutoProcessor
    from trl import GRPOConfig, GRPOTrainer

    rows = load_dataset("parquet", data_files=shards(rl, "train"), split="train")
    columns = ["prompt", "images", "language", "reference_sha256"]
    rows = rows.map(
        lambda row: {"prompt": [{"role": "user", "content": row["problem"].replace("<image>", "")}]}
    ).select_columns(columns)
    asked: list[str] = []

    def reward(completions: list[Any], reference_sha256: list[str], **_: Any) -> list[float]:
        asked.extend(reference_sha256)
        return [float(number) for number in range(len(completions))]

    settings = GRPOConfig(output_dir=tempfile.mkdtemp(), per_device_train_batch_size=2, num_generations=2,
                          max_completion_length=4, max_steps=1, report_to=[], use_cpu=True, bf16=False,
                          gradient_checkpointing=False, save_strategy="no")  # fmt: skip
    GRPOTrainer(
        model=AutoModelForImageTextToText.from_pretrained(model),
        processing_class=AutoProcessor.from_pretrained(model),
        reward_funcs=reward,
        train_dataset=rows,
        args=settings,
    ).train()
    assert len(asked) == 2 and set(asked) <= set(rows["reference_sha256"])
    return f"a step of training on {len(rows)} rows; the reward gets the columns"


def read_llama_factory(sft: Path, rl: Path, model: Path) -> str:
    from types import SimpleNamespace

    from datasets import load_dataset
    from llamafactory.data.converter import align_dataset
    from llamafactory.data.parser import get_dataset_list
    from llamafactory.hparams import DataArguments

    page = (Path(__file__).parents[2] / "docs/release.md").read_text()
    described = page.partition("dataset_info.json:\n\n")[2].partition("\n\n")[0]
    with tempfile.TemporaryDirectory() as folder:
        info = Path(folder, "dataset_info.json")
        info.write_text(described.replace("RELEASE", str(sft)))
        (attributes,) = get_dataset_list(["vincicoder"], folder)
        arguments = DataArguments(dataset_dir=folder, dataset="vincicoder")
        rows = load_dataset("parquet", data_files=shards(sft, "train"), split="train")
        made = align_dataset(rows, attributes, arguments, SimpleNamespace(local_process_index=0))
        for row in made:
            assert [turn["role"] for turn in row["_prompt"] + row["_response"]] == ["user", "assistant"]
            assert len(row["_images"]) == row["_prompt"][0]["content"].count("<image>") == 1
    return f"{len(made)} rows through its converter, by the dataset_info.json of docs/release.md"


def read_easyr1(sft: Path, rl: Path, model: Path) -> str:
    from types import SimpleNamespace

    import torch
    import verl.workers.reward.function as function
    from transformers import AutoProcessor, AutoTokenizer
    from verl.protocol import DataProto
    from verl.utils.dataset import RLHFDataset, collate_fn

    tokenizer: Any = AutoTokenizer.from_pretrained(model)
    rows = RLHFDataset(f"{rl}/data@train", tokenizer, AutoProcessor.from_pretrained(model),
                       prompt_key="problem", max_prompt_length=4096,
                       filter_overlong_prompts=False)  # fmt: skip
    data = DataProto.from_single_dict(collate_fn([rows[0], rows[1]]))
    answer = json.loads(data.non_tensor_batch["ground_truth"][0])
    texts = [f"```{answer['language']}\n{answer['code']}\n```", "no code"]
    encoded = tokenizer(texts, padding="longest", padding_side="right", return_tensors="pt")
    data.batch["responses"] = encoded["input_ids"]
    data.batch["response_mask"] = encoded["attention_mask"].to(torch.long)
    adapter = Path(__file__).parents[2] / "vincicoder/train/adapters/easyr1.py"
    config = SimpleNamespace(reward_function=str(adapter), reward_function_name="compute_score",
                             reward_function_kwargs={"references": str(rl)},
                             skip_special_tokens=True)  # fmt: skip
    if manager := getattr(function, "AutoRewardManager", None):
        _, scores = manager(config, tokenizer).compute_reward(data)
    else:
        data.non_tensor_batch["prompt_str"] = data.non_tensor_batch["sample_id"]
        _, scores = function.BatchFunctionRewardManager(config, tokenizer).compute_reward(data)
    assert scores["overall"][1] == 0 and scores["overall"][0] > 0.9
    return f"{len(rows)} rows through RLHFDataset; its reward manager gives {scores['overall']}"


CLIENTS: dict[str, tuple[str, Callable[[Path, Path, Path], str]]] = {
    "pandas": ("pandas", read_pandas),
    "polars": ("polars", read_polars),
    "duckdb": ("duckdb", read_duckdb),
    "duckdb-cli": ("duckdb-cli", read_duckdb_cli),
    "datasets": ("datasets", read_datasets),
    "ms-swift-sft": ("ms-swift", read_swift_sft),
    "ms-swift-grpo": ("ms-swift", read_swift_grpo),
    "verl": ("verl", read_verl),
    "trl-sft": ("trl", read_trl_sft),
    "trl-grpo": ("trl", read_trl_grpo),
    "llama-factory": ("llamafactory", read_llama_factory),
    "easyr1": ("", read_easyr1),
}


def main(client: str, sft: str, rl: str, model: str) -> None:
    distribution, read = CLIENTS[client]
    detail = read(Path(sft), Path(rl), Path(model))
    version = importlib.metadata.version(distribution) if distribution else ""
    print("vincicoder-client " + json.dumps({"version": version, "detail": detail}))


if __name__ == "__main__":
    main(*sys.argv[1:])
