"""vLLM answers rows in an environment of its own. `make vllm-test` makes the environment and runs this."""

from __future__ import annotations

import base64
import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image

from storage.home import Home
from tasks.training.models import resolve_model
from tasks.training.sampling import run_sampling
from vincicoder.train.environment import probe_environment
from vincicoder.train.recipes import Sampling
from vincicoder.train.sampling import sampling_backend, sampling_request

_DATA = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share"))
PYTHON = Path(os.environ.get("VINCICODER_VLLM", _DATA / "vincicoder/vllm")) / "bin/python"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.may_skip,  # some GB that the project's own tests do without
    pytest.mark.skipif(not PYTHON.exists(), reason="no environment with vLLM: `make vllm` makes one"),
]


def picture(side: int) -> str:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), (side, 0, 0)).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def test_vllm_answers_rows_in_one_call_and_goes_on(tmp_path: Path) -> None:
    model, _ = resolve_model(
        Home(str(tmp_path / "home")), "tiny-random", lambda: ["draw this", "<svg></svg>"]
    )
    sampling = Sampling.model_validate(
        {
            "environment": {"python": PYTHON},
            "answers": 2,
            "tokens": 4,
            "prompt_tokens": 1024,
            "min_pixels": 4096,
            "max_pixels": 50_176,
            "memory": 0.15,
        }
    )
    facts = probe_environment(sampling.environment)
    assert sampling_backend(sampling, facts) == "vllm"
    (tmp_path / "log").mkdir()
    rows, output = tmp_path / "rows.jsonl", tmp_path / "answers.jsonl"
    lines = [
        {"sample_id": f"row-{number}", "instruction": "<image>draw this", "image": picture(64 + number)}
        for number in range(8)
    ]
    rows.write_text("".join(json.dumps(line) + "\n" for line in lines[:6]))
    request = {**sampling_request(sampling, str(model), "vllm", 0), "rows": str(rows), "output": str(output)}
    run_sampling(request, tmp_path / "log", facts.python, sampling)
    first = output.read_bytes()
    answered = [json.loads(line) for line in first.splitlines()]
    assert [line["sample_id"] for line in answered] == [line["sample_id"] for line in lines[:6]]
    assert all(len(line["answers"]) == 2 and all(line["answers"]) for line in answered)
    rows.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run_sampling(request, tmp_path / "log", facts.python, sampling)
    assert output.read_bytes().startswith(first)
    assert len(output.read_bytes().splitlines()) == 8
