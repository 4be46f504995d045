"""Whole checkpoints are found, broken ones are passed over with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.imports import ROOT
from tests.train.checkpoint_files import make_checkpoint
from vincicoder.train import preflight
from vincicoder.train.checkpoints import CheckpointError, inspect_checkpoint, last_resumable, last_whole
from vincicoder.train.environment import EnvironmentFacts
from vincicoder.train.lengths import picture_tokens
from vincicoder.train.memory import estimate_memory
from vincicoder.train.preflight import check_disk, check_model, check_model_type
from vincicoder.train.recipes import load_recipe_file
from vincicoder.train.run import clear_broken


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def test_a_whole_checkpoint_is_described(tmp_path: Path) -> None:
    found = inspect_checkpoint(make_checkpoint(tmp_path / "checkpoint-2"))
    assert (found.step, found.parameters) == (2, 35)
    assert (
        found.architecture
        == "Qwen3VLForConditionalGeneration(hidden_size=8, num_hidden_layers=1, vocab_size=32)"
    )
    assert found.digest != inspect_checkpoint(make_checkpoint(tmp_path / "checkpoint-4", 4, extra=1)).digest


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("model.safetensors", "it is cut off"),
        ("optimizer.pt", "optimizer.pt is cut off"),
        ("trainer_state.json", "tells no step"),
    ],
)
def test_the_newest_whole_checkpoint_is_resumed(tmp_path: Path, file: str, reason: str) -> None:
    make_checkpoint(tmp_path / "checkpoint-2")
    make_checkpoint(tmp_path / "checkpoint-10", 10)
    cut_off(tmp_path / "checkpoint-10" / file)
    found, passed_over = last_resumable(tmp_path)
    assert found == tmp_path / "checkpoint-2"
    assert [path.name for path, _ in passed_over] == ["checkpoint-10"]
    assert reason in passed_over[0][1]


def test_only_what_is_cut_off_is_moved_and_only_aside(tmp_path: Path) -> None:
    """The optimizer's state is not there where the trainer was asked to save the model alone."""
    make_checkpoint(tmp_path / "checkpoint-2")
    for step in (10, 20, 30):
        path = make_checkpoint(tmp_path / f"checkpoint-{step}", step)
        for name in ("optimizer.pt", "scheduler.pt"):
            (path / name).unlink()
    for step in (40, 50, 60, 70):
        make_checkpoint(tmp_path / f"checkpoint-{step}", step)
    cut_off(tmp_path / "checkpoint-40/model.safetensors")
    (tmp_path / "checkpoint-50/trainer_state.json").unlink()
    cut_off(tmp_path / "checkpoint-60/optimizer.pt")
    (tmp_path / "checkpoint-70/model.safetensors").write_bytes(b"\x02" + bytes(7) + b"[]")
    (tmp_path / "broken/checkpoint-40").mkdir(parents=True)

    resumable, reasons = clear_broken(tmp_path)
    assert resumable == tmp_path / "checkpoint-2"
    assert len(reasons) == 7
    assert sum("without its optimizer's state" in reason for reason in reasons) == 3
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["broken", "checkpoint-10", "checkpoint-2", "checkpoint-20", "checkpoint-30"]
    aside = tmp_path / "broken"
    names = ["1-checkpoint-40", "checkpoint-40", "checkpoint-50", "checkpoint-60", "checkpoint-70"]
    assert sorted(path.name for path in aside.iterdir()) == names
    assert (aside / "checkpoint-60/model.safetensors").stat().st_size > 0
    whole = last_whole(tmp_path)
    assert whole is not None
    assert whole.step == 30
    assert clear_broken(tmp_path)[0] == tmp_path / "checkpoint-2"


def test_numbers_are_compared_as_numbers(tmp_path: Path) -> None:
    for step in (9, 100, 20):
        make_checkpoint(tmp_path / f"checkpoint-{step}", step)
    assert last_resumable(tmp_path) == (tmp_path / "checkpoint-100", [])


def test_nothing_to_resume(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-best").mkdir()
    assert last_resumable(tmp_path) == (None, [])


def test_checkpoints_of_verl_are_whole_when_their_last_file_is_there(tmp_path: Path) -> None:
    for step in (5, 10):
        make_checkpoint(tmp_path / f"global_step_{step}" / "actor" / "huggingface")
    (tmp_path / "global_step_5" / "data.pt").write_bytes(b"")
    found, passed_over = last_resumable(tmp_path)
    assert found == tmp_path / "global_step_5" / "actor" / "huggingface"
    assert "data.pt" in passed_over[0][1]
    assert inspect_checkpoint(found).step == 5


def test_a_part_that_the_index_names_must_be_there(tmp_path: Path) -> None:
    path = make_checkpoint(tmp_path / "model")
    (path / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "model-2.safetensors"}})
    )
    with pytest.raises(CheckpointError, match=r"lacks model-2\.safetensors"):
        inspect_checkpoint(path)


def test_preflight_refuses_another_architecture_and_another_type(tmp_path: Path) -> None:
    path = make_checkpoint(tmp_path / "model")
    check = check_model(path, "LlamaForCausalLM(hidden_size=8)")
    assert not check.ok
    assert "the run was started with LlamaForCausalLM" in check.detail
    other = check_model_type(path, "qwen2_5_vl")
    assert (other.ok, "holds a qwen3_vl" in other.detail) == (False, True)
    empty = check_model(tmp_path, None)
    assert (empty.ok, "no config.json" in empty.detail) == (False, True)


def test_preflight_says_what_kills_have_left(tmp_path: Path) -> None:
    model = make_checkpoint(tmp_path / "model")
    assert "cut-off" not in check_disk(tmp_path / "run", model, 1).detail
    (tmp_path / "run/output/broken/checkpoint-4").mkdir(parents=True)
    with (tmp_path / "run/output/broken/checkpoint-4/optimizer.pt").open("wb") as stream:
        stream.truncate(3 << 29)
    check = check_disk(tmp_path / "run", model, 1)
    assert check.ok
    assert f"1.5 GiB of cut-off checkpoints lie in {tmp_path}/run/output/broken" in check.detail


def test_memory_is_sixteen_bytes_a_parameter_spread_by_zero_and_eight_without() -> None:
    shape = {"hidden_size": 4096, "num_hidden_layers": 36, "vocab_size": 151_936}
    alone = estimate_memory(8_000_000_000, shape, tokens=1, devices=1, zero_stage=0)
    spread = estimate_memory(8_000_000_000, shape, tokens=1, devices=8, zero_stage=3)
    second = estimate_memory(8_000_000_000, shape, tokens=1, devices=8, zero_stage=2)
    assert alone.states == 64_000_000_000  # no fp32 copy, and both moments in bf16
    assert spread.states == 16_000_000_000
    assert second.states == 16_000_000_000 + 14_000_000_000
    longer = estimate_memory(8_000_000_000, shape, tokens=16_384, devices=8, zero_stage=3)
    assert longer.activations == 16_384 * (2 * 4096 * 36 + 34 * 4096 + 10 * 151_936)
    seeing = shape | {"vision_config": {"hidden_size": 1152, "depth": 27, "patch_size": 16}}
    sees = estimate_memory(8_000_000_000, seeing, tokens=1, devices=8, zero_stage=3, pixels=4_194_304)
    assert sees.activations - spread.activations == 16_384 * (2 * 1152 * 27 + 34 * 1152)


@pytest.mark.parametrize(
    ("gib", "change", "problem"),
    [
        (80, {}, ""),
        (40, {}, "; raise zero_stage or gpus, or lower update_tokens"),
        (80, {"rollout_memory": 0.01}, "; raise rollout_memory or tensor_parallel"),
        (80, {"rollout_memory": 0.9, "offload": False}, ": lower rollout_memory, or set offload"),
        (80, {"rollout_memory": 0.9}, ""),
    ],
)
def test_grpo_has_room_for_its_update_and_its_rollout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gib: int, change: dict[str, object], problem: str
) -> None:
    """Eight billion parameters on sixteen GPUs, whose weights are not there."""
    recipe = load_recipe_file(ROOT / "recipes/grpo/qwen3-vl-8b.yaml").model_copy(update=change)
    shape = {"hidden_size": 4096, "num_hidden_layers": 36, "vocab_size": 151_936}
    (tmp_path / "config.json").write_text(json.dumps({"text_config": shape}))
    described = SimpleNamespace(parameters=8_800_000_000)
    monkeypatch.setattr(preflight, "inspect_checkpoint", lambda path: described)
    facts = EnvironmentFacts(Path("/p"), {}, (gib << 30,) * 8)
    check = preflight.check_memory(recipe, tmp_path, facts)
    assert check.ok == (not problem), check.detail
    assert check.detail.endswith(problem)


@pytest.mark.parametrize(
    ("width", "height", "least", "most", "tokens"),
    [
        (256, 256, 1024, 10**7, 64),
        (1, 1, 1024, 10**7, 1),
        (1024, 512, 1024, 32 * 32 * 100, 98),
        (320, 96, 1024, 10**7, 30),
        (159, 159, 65_536, 10**7, 64),  # enlarged to what the processor sees at least
        (64, 64, 262_144, 10**7, 256),
        (500, 100, 65_536, 10**7, 72),
        (256, 256, 65_536, 10**7, 64),
    ],
)
def test_picture_tokens(width: int, height: int, least: int, most: int, tokens: int) -> None:
    assert picture_tokens(width, height, 32, least, most) == tokens
