"""Answers sampled before are used again; what is cut off or damaged is sampled anew, and nothing is lost."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vincicoder.train import generate


def test_a_sampling_goes_on_past_what_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"sample_id": name, "instruction": "<image>draw", "image": {"bytes": name.encode()}}
        for name in "abcdef"
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    lines = [{"sample_id": name, "answers": [f"old {name}", "x"]} for name in "abcde"]
    whole = [json.dumps(line).encode() for line in lines]
    # The second is damaged, the third has an answer too few, the last one was cut off by a kill.
    before = b"\n".join(
        [whole[0], whole[1][:-9] + b"\xff", whole[2].replace(b', "x"', b""), whole[3], whole[4][:20]]
    )
    output = tmp_path / "answers.jsonl"
    output.write_bytes(before)
    asked: list[bytes] = []

    def sampler(request: dict[str, Any]) -> Any:
        return lambda instruction, png: asked.append(png) or ["new", png.decode()]

    monkeypatch.setattr(generate, "_make_sampler", sampler)
    request = {"rows": str(tmp_path / "rows.parquet"), "output": str(output), "answers": 2}
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(request)))
        assert generate.main() == 0
    assert asked == [b"b", b"c", b"e", b"f"]
    assert output.read_bytes().startswith(before + b"\n")
    found = {}
    with output.open("rb") as stream:
        for name, place in generate.places_of(output, 2).items():
            stream.seek(place)
            found[name] = json.loads(stream.readline())["answers"]
    assert found == {
        **{name: [f"old {name}", "x"] for name in "ad"},
        **{name: ["new", name] for name in "bcef"},
    }
