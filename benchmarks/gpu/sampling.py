"""Tokens a second of `vincicoder.train.generate` with transformers."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from typing import Any

import pyarrow.parquet as pq

from benchmarks.gpu import models
from benchmarks.gpu.part import Part
from vincicoder.train import generate
from vincicoder.train.launch import startup_folder
from vincicoder.train.recipes import Sampling
from vincicoder.train.sampling import sampling_request


def measure(part: Part) -> None:
    """Note the speed, from two runs of different lengths: what both take to load falls out.

    Random weights end an answer early about never, so all tokens that are allowed are sampled.
    """
    settings, model = part.settings, models.qwen(part)
    table = pq.read_table(part.data / "sft.parquet", columns=["sample_id", "instruction", "image", "task"])
    direct = [row for row in table.to_pylist() if row["task"] == "direct"][: settings.sampled_rows]
    rows = part.work / "sampling-rows.jsonl"
    rows.write_text("".join(json.dumps(_row(row)) + "\n" for row in direct))
    took, answers = [], 0
    for tokens in settings.sampled_tokens:
        sampling = Sampling(
            answers=settings.grpo_answers,
            tokens=tokens,
            prompt_tokens=settings.max_length,
            dtype="bfloat16",
            min_pixels=settings.min_pixels,
            max_pixels=settings.max_pixels,
        )
        output = part.work / f"answers-{tokens}.jsonl"
        output.unlink(missing_ok=True)
        request = sampling_request(sampling, str(model), "transformers", seed=0)
        request |= {"rows": str(rows), "output": str(output)}
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, generate.__file__],
            input=json.dumps(request),
            env={**os.environ, "PYTHONPATH": str(startup_folder())},
            text=True,
            check=True,
        )
        took.append(time.perf_counter() - started)
        found: list[dict[str, Any]] = [json.loads(line) for line in output.read_text().splitlines()]
        if problems := [line["problem"] for line in found if "problem" in line]:
            raise RuntimeError(f"a row has no answers: {problems[0]}")
        answers = sum(len(line["answers"]) for line in found)
    short, long = settings.sampled_tokens
    part.note(
        rows=len(direct),
        answers=answers,
        tokens=[short, long],
        run_seconds=[round(seconds, 2) for seconds in took],
        tokens_a_second=round(answers * (long - short) / max(took[1] - took[0], 1e-6), 1),
    )


def _row(row: dict[str, Any]) -> dict[str, str]:
    picture = base64.b64encode(row["image"]["bytes"]).decode()
    return {"sample_id": row["sample_id"], "instruction": row["instruction"], "image": picture}
