"""The adapters, called by the trainers' own classes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from tests.reward.answers import fenced, icon
from vincicoder.reward import KEYS
from vincicoder.select.layouts import answer_of
from vincicoder.similarity.encoders import torchvision_cpu
from vincicoder.train import adapters
from vincicoder.train.adapters import easyr1

FOLDER = Path(adapters.__file__).parent


@pytest.fixture
def release(tmp_path: Path, draw) -> Path:  # type: ignore[no-untyped-def]
    """An RL release's folder of references, with one picture."""
    png = draw("svg", icon(3))
    digest = hashlib.sha256(png).hexdigest()
    path = tmp_path / "references" / digest[:2] / f"{digest}.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(png)
    return tmp_path


def digest_in(release: Path) -> str:
    return next(release.glob("references/*/*.png")).stem


def test_verl_calls_it_through_its_own_manager(release: Path) -> None:
    torchvision_cpu.install()
    import numpy as np
    import torch
    from omegaconf import OmegaConf
    from verl import DataProto
    from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
    from verl.trainer.ppo.reward import get_custom_reward_fn

    texts = [fenced(icon(3), "svg"), fenced(icon(9), "svg"), "no code"]

    class Words:
        def decode(self, ids: torch.Tensor, skip_special_tokens: bool) -> str:
            return texts[int(ids[0])]

    settings = {"path": str(FOLDER / "verl.py"), "name": "compute_score"}
    keywords = {"preset": "default", "references": str(release)}
    config = OmegaConf.create({"reward": {"custom_reward_function": {**settings, "reward_kwargs": keywords}}})
    extra = {"language": "svg", "reference_sha256": digest_in(release)}
    data = DataProto.from_dict(
        tensors={"responses": torch.arange(3)[:, None], "attention_mask": torch.ones(3, 2, dtype=torch.long)},
        non_tensors={
            "data_source": np.array(["vincicoder/svg"] * 3, object),
            "reward_model": np.array([{"ground_truth": icon(3)}] * 3, object),
            "extra_info": np.array([dict(extra) for _ in texts], object),
        },
    )

    async def run() -> list[dict]:
        manager = NaiveRewardManager(config, Words(), get_custom_reward_fn(config))
        return await asyncio.gather(*(manager.run_single(data[n : n + 1]) for n in range(3)))

    results = asyncio.run(run())
    assert results[0]["reward_score"] == 1
    assert 0.1 < results[1]["reward_score"] < 0.9
    assert results[2]["reward_score"] == 0
    assert all(tuple(result["reward_extra_info"]) == KEYS for result in results)


def test_ms_swift_calls_it_and_a_full_disk_delays_what_is_kept(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torchvision_cpu.install()
    from swift.rewards import AsyncORM, orms
    from swift.utils.utils import import_external_file

    kept = release / "rollouts/rank-3.jsonl"
    settings = {"preset": "default", "references": str(release), "rollouts": str(kept.parent)}
    monkeypatch.setenv("VINCICODER_REWARD", json.dumps(settings))
    monkeypatch.setenv("RANK", "3")
    kept.parent.mkdir()
    kept.symlink_to("/dev/full")
    import_external_file(str(FOLDER / "swift.py"))
    reward = orms["vincicoder"]()
    assert isinstance(reward, AsyncORM)
    columns = {
        "language": ["svg"] * 2,
        "reference_sha256": [digest_in(release)] * 2,
    }
    completions = [fenced(icon(3), "svg"), "nothing"]
    for step in (0, 1):
        state = SimpleNamespace(global_step=step)
        assert asyncio.run(reward(completions=completions, **columns, trainer_state=state)) == [1, 0]
        if step == 0:
            kept.unlink()  # there is room again
    answers = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert [answer["step"] for answer in answers] == [1, 1, 2, 2]


def test_easyr1_needs_nothing_but_the_answer(release: Path) -> None:
    """EasyR1's manager hands over these three fields; its fork adds the picture, decoded or not."""
    extra = {"language": "svg", "reference_sha256": digest_in(release)}
    path = next(release.glob("references/*/*.png"))
    texts = (fenced(icon(3), "svg"), fenced(icon(9), "svg"), "nothing")

    def rows(ground_truth: str, **more: Any) -> list[dict[str, Any]]:
        given = {"response_length": 9, "ground_truth": ground_truth, **more}
        return [{"response": text, **given} for text in texts]

    results = easyr1.compute_score(rows(answer_of(extra, icon(3))), references=str(release))
    assert [row["overall"] for row in results[::2]] == [1, 0]
    assert 0.1 < results[1]["overall"] < 0.9
    assert set(results[0]) == {*KEYS, "overall", "accuracy", "execution"}
    with Image.open(path) as image:
        for picture in (image, {"bytes": path.read_bytes()}, str(path)):
            for answer in (answer_of(extra, icon(3)), icon(3)):
                given = rows(answer, multi_modal_data={"images": [picture]})
                assert easyr1.compute_score(given) == results
    with pytest.raises(ValueError, match="as `references`"):
        easyr1.compute_score(rows(answer_of(extra, icon(3))))
    with pytest.raises(ValueError, match="names no language"):
        easyr1.compute_score(rows("a ring of six", multi_modal_data={"images": [str(path)]}))
