"""Supervised fine-tuning on a release's rows: the loss, the memory against the estimate, stop and resume."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.gpu import models
from benchmarks.gpu.part import Part
from benchmarks.gpu.trainer import common_recipe, train
from vincicoder.train.checkpoints import CheckpointError, inspect_checkpoint, read_configuration
from vincicoder.train.environment import probe_environment
from vincicoder.train.lengths import LongRow, count_tokens
from vincicoder.train.memory import estimate_memory
from vincicoder.train.recipes import SftRecipe
from vincicoder.train.swift_arguments import TrainingInputs


def measure(part: Part) -> None:
    """Note both runs: one that is stopped at its first checkpoint, and one that goes on from there."""
    settings, model = part.settings, models.qwen(part)
    rows = _rows(part)
    recipe = SftRecipe(
        kind="sft",
        max_steps=settings.sft_steps,
        learning_rate=1e-4,
        batch=settings.sft_batch,
        batch_per_device=settings.sft_batch,
        max_length=settings.max_length,
        save_steps=settings.sft_steps // 2,
        keep_checkpoints=1 if part.gpu else 2,  # the tiny model may come to its end before it is stopped
        **common_recipe(part, model),
    )
    python = probe_environment(recipe.environment).python
    counts = count_tokens(_long(rows), model, python, recipe.min_pixels, recipe.max_pixels)
    parameters = inspect_checkpoint(model).parameters
    estimate = estimate_memory(
        parameters,
        read_configuration(model),
        tokens=max(counts) * recipe.batch_per_device,
        devices=1,
        zero_stage=0,
        pixels=recipe.max_pixels * recipe.batch_per_device,
    )
    part.note(
        parameters=parameters,
        rows=len(counts),
        longest_tokens=max(counts),
        estimate_mb=estimate.total >> 20,
        estimate_states_mb=estimate.states >> 20,
        estimate_activations_mb=estimate.activations >> 20,
    )
    inputs = TrainingInputs(model, [rows], [], part.work / "sft/output")

    half = settings.sft_steps // 2
    checkpoint = inputs.output / f"checkpoint-{half}"
    curves, spent = train(part, "sft", recipe, inputs, lambda: _is_whole(checkpoint))
    part.note(
        first_run=spent | {"losses": curves["loss"]},
        peak_mb=spent["peak_mb"],
        ratio=round(spent["peak_mb"] / (estimate.total >> 20), 3),
    )
    if not _is_whole(checkpoint):
        raise RuntimeError(f"the trainer ended without {checkpoint}")
    resumed = TrainingInputs(model, [rows], [], inputs.output, resume_from=checkpoint)
    more, spent = train(part, "sft-resumed", recipe, resumed)
    losses = [*curves["loss"][:half], *more["loss"]]
    part.note(
        second_run=spent | {"losses": more["loss"]},
        resumed_from_step=half,
        steps_after=len(more["loss"]),
        first_loss=losses[0],
        last_loss=losses[-1],
        loss_falls=losses[-1] < losses[0],
    )
    if len(losses) != settings.sft_steps or not losses[-1] < losses[0]:
        raise RuntimeError(f"{settings.sft_steps} falling losses were wanted, and these came: {losses}")


def _rows(part: Part) -> Path:
    """Write the shortest rows, as many as are asked for, with all their columns."""
    table = pq.read_table(part.data / "sft.parquet")
    lengths = [sum(len(one["content"]) for one in messages) for messages in table["messages"].to_pylist()]
    order = sorted(range(len(lengths)), key=lengths.__getitem__)[: part.settings.sft_rows]
    path = part.work / "sft-rows.parquet"
    pq.write_table(table.take(pa.array(order)), path)
    return path


def _long(path: Path) -> list[LongRow]:
    columns = ["sample_id", "messages", "image_width", "image_height"]
    return [
        LongRow(
            row["sample_id"],
            "".join(message["content"] for message in row["messages"]),
            row["image_width"],
            row["image_height"],
        )
        for row in pq.read_table(path, columns=columns).to_pylist()
    ]


def _is_whole(checkpoint: Path) -> bool:
    if not (checkpoint / "trainer_state.json").exists():  # written last
        return False
    try:
        inspect_checkpoint(checkpoint)
    except CheckpointError:
        return False
    return True
