"""The whole build on a corpus of good and bad rows, through the real renderers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.pipeline import BuildResult, run_build
from flows.runners import DirectRunner, ShardsFailedError
from storage.audit import ask, audit_names, broken_invariants
from storage.home import Home
from storage.release import current_version, read_manifest
from storage.schemas import RELEASE_SCHEMA
from tasks.stage import TASK_OPTIONS
from tests.corpora import write_corpus
from tests.samples import BAD, GOOD, rows
from vincicoder.config import BuildConfig
from vincicoder.refine.config import RefineConfig
from vincicoder.render import RenderLimits
from vincicoder.sample import Task, make_sample_id


def build(home: Path, *configs: Path, **changes: object) -> BuildResult:
    settings = {
        "shard_rows": 4,
        "workers": 2,
        "render": RenderLimits(cpu_seconds=5),
        "refine": RefineConfig(maker="none"),
        **changes,
    }
    config = BuildConfig(profile=None, source_configs=configs, **settings)
    return run_build(config, str(home), DirectRunner(2), flow_run="test")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildResult]:
    folder = tmp_path_factory.mktemp("build")
    config = write_corpus(folder, "own", rows(GOOD + BAD), broken_line="{not json")
    return folder / "home", build(folder / "home", config)


@pytest.fixture(scope="module")
def catalog(built: tuple[Path, BuildResult]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(f"{built[1].release}/catalog.duckdb", read_only=True)


def test_every_row_ends_where_it_must(catalog: duckdb.DuckDBPyConnection) -> None:
    outcomes = dict(
        catalog.execute(
            "SELECT source_id, NULL FROM samples UNION ALL SELECT source_id, reason FROM rejects"
        ).fetchall()
    )
    expected = {name: reason for name, _, _, _, reason in GOOD + BAD}
    assert {name: outcomes.get(name, "lost") for name in expected} == expected


def test_counts_balance(built: tuple[Path, BuildResult]) -> None:
    result = built[1]
    assert result.collected == len(GOOD) + len(BAD) + 1
    assert result.kept == len(GOOD)
    assert result.rejected == len(BAD) + 1
    for row in result.funnel:
        assert row.rows_in == row.rows_kept + row.rows_rejected


def test_details_say_what_happened(catalog: duckdb.DuckDBPyConnection) -> None:
    details = dict(catalog.execute("SELECT source_id, detail FROM rejects").fetchall())
    assert "not_a_package_at_all" in details["missing"]
    assert "line 2" in details["syntax"]
    assert "notacommand" in details["undefined"]
    assert "cobol" in details["cobol"]
    assert details["same"].startswith("kept: ")
    changed = catalog.execute("SELECT source_id, changes FROM rejects WHERE len(changes) > 0").fetchall()
    assert ("raises", ["collect: one of 2 blocks of code taken"]) in changed, changed


def test_all_invariants_hold_and_all_audits_answer(built: tuple[Path, BuildResult]) -> None:
    home, result = Home(built[0]), built[1]
    manifest = read_manifest(home, "sft", result.version)
    assert manifest is not None
    assert current_version(home, "sft") == result.version
    assert broken_invariants(Path(result.release), manifest) == []
    for name in audit_names():
        assert ask(Path(result.release) / "catalog.duckdb", name).columns
    licenses = ask(Path(result.release) / "catalog.duckdb", "licenses").rows
    assert licenses == [("CC0-1.0", len(GOOD), 0, 6)]


def test_duplicates_name_their_keeper(catalog: duckdb.DuckDBPyConnection) -> None:
    found = catalog.execute(
        "SELECT r.source_id, s.source_id, kind, distance FROM duplicates "
        "JOIN rejects r ON r.sample_id = removed_id JOIN samples s ON s.sample_id = kept_id ORDER BY 1"
    ).fetchall()
    assert found == [
        ("renumbered", "circle", "exact_image", 0),
        ("respaced", "circle", "exact_code", 0),
        ("retitled", "chart", "near_image", 2),
        ("same", "circle", "exact_code", 0),
    ]


def test_release_files_follow_the_schema_and_carry_the_pictures(
    built: tuple[Path, BuildResult], catalog: duckdb.DuckDBPyConnection
) -> None:
    phashes = dict(catalog.execute("SELECT sample_id, phash FROM samples").fetchall())
    release = Path(built[1].release)
    files = sorted((release / "data").glob("*.parquet"))
    assert [file.name for file in files] == ["train-00000-of-00001.parquet"]
    table = pq.read_table(files[0])
    assert table.schema.equals(RELEASE_SCHEMA, check_metadata=False)
    for row in table.to_pylist():
        assert row["image"]["bytes"].startswith(b"\x89PNG")
        assert row["sample_id"] == make_sample_id(row["source"], row["source_id"], Task.DIRECT, row["code"])
        assert row["messages"][0] == {"role": "user", "content": row["instruction"]}
        assert row["messages"][1]["content"] == f"```{row['language']}\n{row['code'].rstrip()}\n```"
        assert row["created_by"].startswith("vincicoder ")
        assert row["phash"] == phashes[row["sample_id"]]


def test_image_views_answer_here_and_for_a_moved_copy(
    built: tuple[Path, BuildResult], catalog: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert catalog.execute("SELECT count(*) FROM images JOIN samples USING (sample_id)").fetchone() == (
        len(GOOD),
    )
    (tmp_path / "moved").symlink_to(built[1].release)
    moved = catalog.execute("SELECT count(*) FROM images_in(?)", [str(tmp_path / "moved")]).fetchone()
    assert moved == (len(GOOD),)


def test_datasets_decodes_every_image(built: tuple[Path, BuildResult], tmp_path: Path) -> None:
    from datasets import load_dataset

    files = {"train": f"{built[1].release}/data/train-*.parquet"}
    loaded = load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))["train"]
    assert len(loaded) == len(GOOD)
    for row in loaded:
        assert row["image"].size == (row["image_width"], row["image_height"])
        assert row["messages"][0]["content"].count("<image>") == 1


def test_card_names_sources_licences_and_the_funnel(built: tuple[Path, BuildResult]) -> None:
    card = (Path(built[1].release) / "README.md").read_text("utf-8")
    assert card.startswith("---\npretty_name:")
    for text in (
        "path: data/train-*.parquet",
        "| own-svg |",
        "CC0-1.0",
        "render.timeout 1",
        "written for this test",
    ):
        assert text in card
    assert (Path(built[1].release) / "assets/samples.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_build_does_no_work(built: tuple[Path, BuildResult]) -> None:
    home, result = built
    stamps = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    again = build(home, home.parent / "own.yaml")
    assert again.version == result.version
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()} == stamps


def test_a_changed_check_renders_nothing_again(built: tuple[Path, BuildResult]) -> None:
    home = built[0]
    renders = set((home / "stages/render").iterdir())
    changed = build(home, home.parent / "own.yaml", picture={"min_side": 250})
    assert changed.version != built[1].version
    assert set((home / "stages/render").iterdir()) == renders
    reasons = {row.stage: row.reasons for row in changed.funnel}
    assert reasons["verify"]["verify.size"] >= 1


def test_new_rows_render_only_themselves(tmp_path: Path) -> None:
    svgs = [case for case in GOOD if case[2] == "svg"]
    build(tmp_path / "home", write_corpus(tmp_path, "one", rows(svgs)))
    more = [("second", "svg", "svg", svgs[0][3].replace("teal", "maroon"), None)]
    result = build(tmp_path / "home", write_corpus(tmp_path, "two", rows(svgs + more)))
    assert result.kept == 2
    ran = sum(
        pq.read_metadata(path).num_rows
        for path in (tmp_path / "home/stages/render").glob("*/renders.parquet")
    )
    assert ran == 2, "the first program comes from the cache"


def test_a_failure_of_ours_blames_no_row_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TASK_OPTIONS, "retry_delay_seconds", [0])
    config = write_corpus(tmp_path, "own", rows([case for case in GOOD if case[2] == "svg"]))
    obstacle = tmp_path / "home/stages/verify"
    obstacle.parent.mkdir(parents=True)
    obstacle.write_bytes(b"a file where the outputs' folder must be")
    with pytest.raises(ShardsFailedError, match=r"stage verify: 1 of 1 shards failed \(own-svg 0000"):
        build(tmp_path / "home", config)
    assert not (tmp_path / "home/releases").exists()
    rendered = list((tmp_path / "home/stages/render").glob("*/done.json"))
    assert len(rendered) == 1
    obstacle.unlink()
    result = build(tmp_path / "home", config)
    assert (result.kept, result.rejected) == (1, 0)
    assert list((tmp_path / "home/stages/render").glob("*/done.json")) == rendered
