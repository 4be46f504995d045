"""Data files from a source's folder to the reward: what a changed, a lost and a shared file do to a build."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from storage.data_files import data_file_path
from storage.home import Home
from tasks.checks.verify_release import verify_release
from tasks.rl.select import build_rl
from tests.flows.test_build import build
from tests.releases import rows_of
from vincicoder.compose import fenced
from vincicoder.reward import RewardConfig, RewardScorer
from vincicoder.select import SelectionRecipe

if TYPE_CHECKING:
    from flows.pipeline import BuildResult

_CODE = """import numpy as np
import matplotlib.pyplot as plt

plt.plot(np.loadtxt('{name}'), color='{color}')
plt.show()
"""
_PROGRAMS = {
    "red.py": _CODE.format(name="data/shared.dat", color="red"),
    "blue.py": _CODE.format(name="data/shared.dat", color="blue"),
    "own.py": _CODE.format(name="data/own.dat", color="green"),
    "gone.py": _CODE.format(name="data/gone.dat", color="teal"),
    "out.py": _CODE.format(name="../secret.dat", color="gray"),
}
_FILES = {"shared.dat": "1\n3\n2\n", "own.dat": "5\n1\n4\n4\n", "unused.dat": "0\n"}


def _write(folder: Path) -> Path:
    for name, text in (*_PROGRAMS.items(), *((f"data/{name}", text) for name, text in _FILES.items())):
        path = folder / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    # The same program beside other data has the same answer, so it is a duplicate.
    shutil.copytree(folder / "code/data", folder / "code/twin/data")
    (folder / "code/twin/data/own.dat").write_text("4\n4\n1\n1\n9\n")
    shutil.copy(folder / "code/own.py", folder / "code/twin/own.py")
    entry = {
        "name": "own",
        "format": "folder",
        "path": "code",
        "domain": "chart",
        "license": "MIT",
        "data": "code",
    }
    (folder / "own.yaml").write_text(json.dumps({"sources": [{**entry, "data": "code"}]}))
    return folder / "own.yaml"


def _renders(home: Path) -> int:
    files = home.glob("stages/render/*/renders.parquet")
    return sum(duckdb.read_parquet(str(file)).count("*").fetchall()[0][0] for file in files)


def _listed(result: BuildResult) -> dict[str, list[dict[str, Any]]]:
    return {row["source_id"]: row["data_files"] for row in rows_of(Path(result.release))}


def _as_listed(name: str, text: str) -> list[dict[str, Any]]:
    return [{"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text)}]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildResult]:
    folder = tmp_path_factory.mktemp("data-files")
    return folder, build(folder / "home", _write(folder))


def test_a_release_lists_and_holds_the_files_that_its_rows_read(built: tuple[Path, BuildResult]) -> None:
    _, result = built
    shared = _as_listed("data/shared.dat", _FILES["shared.dat"])
    own = _as_listed("data/own.dat", _FILES["own.dat"])
    assert _listed(result) == {"red.py": shared, "blue.py": shared, "own.py": own}
    with duckdb.connect(f"{result.release}/catalog.duckdb", read_only=True) as catalog:
        rejected = dict(catalog.execute("SELECT source_id, reason FROM rejects").fetchall())
        assert rejected == {
            "gone.py": "collect.data_missing",
            "out.py": "collect.data_forbidden",
            "twin/own.py": "dedup.exact_code",
        }
        (known,) = (
            catalog.execute("SELECT data_files FROM samples WHERE source_id = 'own.py'").fetchone() or ()
        )
        assert known == own
    held = {path.name for path in (Path(result.release) / "data-files").glob("*/*")}
    assert held == {one[0]["sha256"] for one in (shared, own)}
    assert verify_release(Path(result.release)) == []
    for row in rows_of(Path(result.release)):
        assert row["instruction"].endswith(f"files beside it: {row['data_files'][0]['name']}.")


def test_a_reward_gives_the_answer_the_same_files(built: tuple[Path, BuildResult]) -> None:
    folder, _ = built
    recipe = SelectionRecipe(rows=2, domains={"chart": 1.0})
    chosen = build_rl.fn(
        Home(folder / "home"), recipe, "few", release="current", limit=None, strict=False, gate=None
    )
    rows = rows_of(Path(chosen["release"]))
    assert {row["data"] for row in rows} == {
        json.dumps({"data/shared.dat": _FILES["shared.dat"]}),
        json.dumps({"data/own.dat": _FILES["own.dat"]}),
    }
    row = next(row for row in rows if "shared" in row["data"])
    assert json.loads(row["answer"])["data"] == row["extra_info"]["data"] == row["data"]
    item = {
        "response": fenced("python", row["reward_model"]["ground_truth"]),
        "reference": row["images"][0]["bytes"],
        "language": "python",
        "ground_truth": row["reward_model"]["ground_truth"],
        "stack": row["stack"],
    }
    with RewardScorer(RewardConfig.preset("default", workers=1, device="cpu")) as scorer:
        whole, without = scorer.score_batch([{**item, "data": row["data"]}, item])
    assert whole.rendered == 1 and whole.score > 0.99
    assert without.rendered == 0


def test_a_changed_file_redraws_the_rows_that_read_it_and_a_lost_one_is_kept_again(
    built: tuple[Path, BuildResult],
) -> None:
    folder, first = built
    before = _renders(folder / "home")
    assert before == 3
    (folder / "code/data/own.dat").write_text("9\n9\n1\n")
    (folder / "code/data/unused.dat").write_text("1\n")
    second = build(folder / "home", folder / "own.yaml")
    assert _renders(folder / "home") == before + 1
    changed = {name for name, one in _listed(second).items() if one != _listed(first)[name]}
    assert changed == {"own.py"}
    kept = folder / "home" / data_file_path(_listed(second)["own.py"][0]["sha256"])
    kept.unlink()
    shutil.rmtree(second.release)
    third = build(folder / "home", folder / "own.yaml")
    assert third.version == second.version
    assert kept.read_text() == "9\n9\n1\n"
