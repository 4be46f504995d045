"""An RL release made from a real SFT release: it keeps splits and clusters and says what was checked."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from typer.testing import CliRunner

from flows.cli import app
from storage.home import Home
from storage.manifest import RlManifest, load_manifest
from storage.push import plan_push
from storage.release import current_version
from storage.release_check import whole_release
from storage.rl_release import restore_references
from tests.releases import Releases, copy_of, rows_of


@pytest.fixture(scope="module")
def reinforced(releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = tmp_path_factory.mktemp("recipe") / "all.yaml"
    shares = {"svg": 0.6, "diagram": 0.2, "chart": 0.2}
    recipe.write_text(json.dumps({"rows": 30, "domains": shares, "validation": 0.5}))
    command = ["build", "rl", "--recipe", str(recipe), "--home", str(releases.home), "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return Path(json.loads(done.output.strip().splitlines()[-1])["release"])


def test_datasets_decodes_its_pictures_and_each_answer_holds_what_the_reward_needs(
    reinforced: Path, tmp_path: Path
) -> None:
    loaded = load_dataset(str(reinforced), cache_dir=str(tmp_path), streaming=True)
    rows = {row["sample_id"]: row for split in loaded.values() for row in split}
    expected = rows_of(reinforced)
    assert rows.keys() == {row["sample_id"] for row in expected}
    assert {(row["language"], row["stack"]) for row in expected} >= {("python", "2026"), ("svg", None)}
    for row in expected:
        found = rows[row["sample_id"]]
        assert [picture.size for picture in found["images"]] == [(row["image_width"], row["image_height"])]
        assert found["extra_info"] == row["extra_info"]
        assert json.loads(row["answer"]) == {
            "language": row["language"],
            **({"stack": row["stack"]} if row["stack"] else {}),  # SVG has none
            "reference_sha256": row["reference_sha256"],
            "code": row["reward_model"]["ground_truth"],
        }


def test_it_says_which_benchmarks_were_checked(releases: Releases, reinforced: Path) -> None:
    manifest = load_manifest(reinforced)
    assert isinstance(manifest, RlManifest)
    assert load_manifest(releases.second).benchmarks_checked == ("unisvg",)
    assert manifest.benchmarks_checked == ("unisvg",)
    assert manifest.sft_release == releases.second.name
    assert "the SFT release was checked against unisvg." in (reinforced / "README.md").read_text()
    import mlcroissant

    described = mlcroissant.Dataset(reinforced / "croissant.json")
    (split, *_) = [record_set.name for record_set in described.metadata.record_sets]
    (first, *_) = described.records(f"rows/{split}")
    assert first[f"rows/{split}/images"][0].format == "PNG"


def test_a_row_keeps_its_side_of_the_split(releases: Releases, reinforced: Path) -> None:
    before = {row["sample_id"]: row["file_split"] for row in rows_of(releases.second)}
    after = {row["sample_id"]: row["file_split"] for row in rows_of(reinforced)}
    assert after == {name: before[name] for name in after}
    counts = Counter(after.values())
    assert counts["train"] > 0
    assert counts["validation"] > 0
    assert load_manifest(reinforced).rows == dict(counts)


def test_one_row_a_cluster_of_the_sft_release(releases: Releases, reinforced: Path) -> None:
    with duckdb.connect(str(releases.second / "catalog.duckdb"), read_only=True) as catalog:
        known = dict(catalog.execute("SELECT sample_id, cluster_id FROM samples").fetchall())
    assert {row["sample_id"]: row["cluster_id"] for row in rows_of(releases.second)} == known
    direct = {row["sample_id"] for row in rows_of(releases.second) if row["task"] == "direct"}
    chosen = [known[row["sample_id"]] for row in rows_of(reinforced)]
    assert len(set(chosen)) == len(chosen)
    left_out = load_manifest(reinforced)
    assert isinstance(left_out, RlManifest)
    assert left_out.left_out.get("same_cluster", 0) == len(direct) - len({known[name] for name in direct})


def reference_lost(folder: Path) -> None:
    next(folder.glob("references/*/*.png")).unlink()


def reference_changed(folder: Path) -> None:
    path = next(folder.glob("references/*/*.png"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def data_changed(folder: Path) -> None:
    path = next((folder / "data").glob("train-*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def columns_lost(folder: Path) -> None:
    path = next((folder / "data").glob("train-*.parquet"))
    pq.write_table(pq.read_table(path).drop_columns(["license"]), path)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (reference_lost, "references"),
        (reference_changed, "references"),
        (data_changed, "files"),
        (columns_lost, "schema"),
    ],
)
def test_damage_is_found(reinforced: Path, tmp_path: Path, damage: Callable[[Path], None], kind: str) -> None:
    folder = copy_of(reinforced, tmp_path / "copy")
    whole = CliRunner().invoke(app, ["release", "verify", str(folder), "--json"])
    assert (whole.exit_code, json.loads(whole.output)["problems"]) == (0, [])
    damage(folder)
    done = CliRunner().invoke(app, ["release", "verify", str(folder), "--json"])
    assert done.exit_code == 1
    assert any(line.startswith(f"{kind}: ") for line in json.loads(done.output)["problems"]), done.output


def test_it_can_be_pushed(reinforced: Path) -> None:
    names = [name for name, _ in plan_push(reinforced, "someone/shapes").files]
    assert names[0] == "README.md"
    assert "manifest.json" in names


def references_not_pushed(folder: Path) -> None:
    shutil.rmtree(folder / "references")


@pytest.mark.parametrize("damage", [reference_lost, reference_changed, references_not_pushed])
def test_references_are_written_again_from_the_rows(
    reinforced: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """As training does before it starts; a build that finds a release so publishes it anew."""
    home, version = Home(tmp_path), reinforced.name
    folder = copy_of(reinforced, tmp_path / "releases/rl" / version)
    pictures = {path.name: path.read_bytes() for path in folder.glob("references/*/*.png")}
    assert restore_references(home, version) == []
    damage(folder)
    problems = restore_references(home, version)
    assert len(problems) == (len(pictures) if damage is references_not_pushed else 1)
    word = "is not what was published" if damage is reference_changed else "is missing"
    assert all(problem.endswith(word) for problem in problems)
    assert {path.name: path.read_bytes() for path in folder.glob("references/*/*.png")} == pictures
    assert whole_release(home, "rl", version) is not None
    damage(folder)
    assert whole_release(home, "rl", version) is None
    assert (tmp_path / f"damaged/releases/rl/{version}-1/manifest.json").exists()


def test_a_manifest_that_is_damaged_is_named(reinforced: Path, tmp_path: Path) -> None:
    folder = copy_of(reinforced, tmp_path / "copy")
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes()[:100])
    for command in (["verify", str(folder)], ["diff", str(folder), str(folder)]):
        done = CliRunner().invoke(app, ["release", *command])
        assert done.exit_code == 2
        assert "manifest.json is no manifest" in done.output


def test_a_release_of_an_earlier_version_is_refused_with_the_way_out(
    releases: Releases, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    folder = copy_of(releases.first, home / "releases/sft/old")
    path = next((folder / "data").glob("train-*.parquet"))
    pq.write_table(pq.read_table(path).drop_columns(["cluster_id"]), path)
    fields = json.loads((folder / "manifest.json").read_text())
    for name in ("manifest_version", "kind", "benchmarks_checked"):
        del fields[name]
    (folder / "manifest.json").write_text(json.dumps(fields))
    assert load_manifest(folder).benchmarks_checked == ("unisvg",)
    done = CliRunner().invoke(app, ["build", "rl", "--release", "old", "--home", str(home)])
    assert done.exit_code == 1
    assert "no column cluster_id" in done.output
    assert "vincicoder build sft" in done.output


def test_a_set_that_lost_rows_a_domain_or_a_source_needs_to_be_accepted(
    releases: Releases, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    copy_of(releases.first, home / "releases/sft/whole")
    poorer = copy_of(releases.first, home / "releases/sft/poorer") / "manifest.json"
    fields = json.loads(poorer.read_text())
    lost = fields["counts"]["sources"].pop("own-diagram")["direct"]
    poorer.write_text(json.dumps(fields))
    shares = {"svg": 0.6, "diagram": 0.2, "chart": 0.2}
    for name, domains in {"all": shares, "svg": {"svg": 1.0}}.items():
        (tmp_path / f"{name}.yaml").write_text(json.dumps({"rows": 30, "domains": domains}))
    (tmp_path / "gate.yaml").write_text("row_loss_percent: 99\n")

    def build(recipe: str, release: str, *options: str) -> tuple[int, str, str | None]:
        command = ["build", "rl", "--recipe", str(tmp_path / recipe), "--release", release]
        done = CliRunner().invoke(app, [*command, "--home", str(home), *options])
        return done.exit_code, done.output, current_version(Home(home), "rl")

    code, _, before = build("all.yaml", "whole")
    assert code == 0 and before is not None and before.startswith("all-")
    domains = load_manifest(home / f"releases/rl/{before}")
    assert isinstance(domains, RlManifest)
    rows, charts = sum(domains.domains.values()), domains.domains["chart"]
    for recipe, release, options, loss in (
        ("all.yaml", "whole", ["--limit", "5"], f"rows released fell from {rows} to 5, by "),
        ("svg.yaml", "whole", [], f"domain chart is lost: it had {charts} rows and has none"),
        ("all.yaml", "poorer", [], f"source own-diagram is lost: it had {lost} rows and has none"),
    ):
        code, printed, current = build(recipe, release, *options)
        assert (code, current) == (1, before), printed
        assert loss in printed and "with --accept" in printed
    allowed = ["--limit", "5", "--gate-config", str(tmp_path / "gate.yaml")]
    assert build("all.yaml", "whole", *allowed)[0] == 0
    assert build("all.yaml", "whole")[2] == before
    code, _, current = build("svg.yaml", "whole", "--accept")
    assert code == 0 and current is not None and current.startswith("svg-")
