"""Names, column maps and rules: what a user writes, and what it says when that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.plan import plan_build
from tests.sources.hub.published import ICON, PAGE, PLOT, llava, png, read, write_json, write_parquet
from tests.sources.layout import all_rows
from vincicoder.config import BuildConfig
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub import corpora, find_corpora
from vincicoder.sources.hub.columns import SourceSchemaError
from vincicoder.sources.hub.registry import parse_source
from vincicoder.sources.own.source_config import SourceConfigError, load_source_config


def config(folder: Path, entry: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(f"sources:\n  - {entry}\n")
    return path


@pytest.mark.parametrize("name", sorted(corpora()))
def test_unknown_columns_fail_at_once_with_the_mapping_to_write(name: str, tmp_path: Path) -> None:
    part = name.partition("-")[2]  # imgcode and cosyn are parts of one repository
    folder = tmp_path / "corpus" / part
    pq.write_table(pa.table({"alpha": [1], "beta": [PAGE]}), _made(folder) / "train.parquet")
    with pytest.raises(SourceSchemaError) as caught:
        read(name, tmp_path / "corpus")
    message = str(caught.value)
    assert f"source {name!r}" in message and "has the columns 'alpha', 'beta'" in message
    assert f"  - corpus: {name}\n" in message and f"path: {tmp_path / 'corpus'}" in message
    role = corpora()[name].needs[0][-1]
    assert f"      {role}: ...  # one of alpha, beta" in message
    # The message's own mapping, with the choice made, loads.
    snippet = message[message.index("sources:") :].replace("...  # one of alpha, beta", "beta")
    (tmp_path / "own.yaml").write_text(snippet)
    (source,) = load_source_config(tmp_path / "own.yaml")
    assert len(all_rows(source)) == 1


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_names_aliases_and_hub_ids() -> None:
    assert [corpus.name for corpus in find_corpora("mbzuai/web2code")] == ["web2code"]
    assert [corpus.name for corpus in find_corpora("Web2M")] == ["webcode2m"]
    assert len(find_corpora("imgcode")) == 2
    with pytest.raises(
        SourceUnavailableError, match="unknown corpus 'web3code'; known are chart2code-160k, msrl"
    ):
        parse_source("web3code=/x")


def test_every_corpus_declares_licence_citation_and_size() -> None:
    assert len(corpora()) == 35
    for corpus in corpora().values():
        assert corpus.license and "arXiv:" in corpus.citation and corpus.size and corpus.languages
        assert all(role in corpus.columns for group in corpus.needs for role in group)


def test_msrl_says_that_nothing_is_published() -> None:
    (source,) = parse_source("msrl")
    with pytest.raises(
        SourceUnavailableError, match="no data is published; give a local folder: --source msrl="
    ):
        source.count()


def test_a_missing_folder_and_a_folder_without_rows(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailableError, match="there is no file or folder"):
        parse_source(f"web2code={tmp_path}/nowhere")[0].count()
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceUnavailableError, match=r"no file of rows \(Parquet, .* it holds notes\.txt"):
        parse_source(f"web2code={tmp_path}")[0].count()


def test_a_family_reads_the_parts_that_are_there(tmp_path: Path) -> None:
    for part in ("chart", "math"):
        write_parquet(tmp_path / part / "train-0.parquet", [{"id": part, "code": PLOT, "data": None}])
    sources = parse_source(f"cosyn={tmp_path}")
    assert [source.info.name for source in sources] == ["cosyn-chart", "cosyn-math"]
    assert [row.source_id for source in sources for row in all_rows(source)] == ["chart", "math"]
    with pytest.raises(SourceUnavailableError, match="has no folder of any of imgcode-python, imgcode-tikz"):
        parse_source(f"imgcode={tmp_path}")


def test_a_plan_with_named_and_configured_sources_shares_the_limit(tmp_path: Path) -> None:
    write_json(tmp_path / "web" / "Web2Code.json", [llava("<image>", PAGE, id=str(n)) for n in range(40)])
    write_parquet(tmp_path / "svg" / "train.parquet", [{"Filename": str(n), "Svg": ICON} for n in range(20)])
    own = config(tmp_path, "{corpus: svg-icons, path: svg}")
    named = (f"web2code={tmp_path / 'web'}",)
    plan = plan_build(BuildConfig(profile=None, sources=named, source_configs=(own,), shard_rows=15))
    assert [(source.info.name, len(part.positions)) for source, _, part in plan.shards] == [
        *[("web2code", 15)] * 2,
        ("web2code", 10),
        ("svg-icons", 15),
        ("svg-icons", 5),
    ]
    assert isinstance(plan.shards[0][2].positions, range)
    entry = next(entry for entry in plan.sources if entry.name == "web2code")
    assert entry.license == "MIT" and "Web2Code" in entry.citation and entry.revision.startswith("sha256:")
    limited = plan_build(BuildConfig(profile=None, sources=named, source_configs=(own,), limit=6))
    assert [(source.info.name, len(part.positions)) for source, _, part in limited.shards] == [
        ("web2code", 4),
        ("svg-icons", 2),
    ]
    with pytest.raises(SourceConfigError, match="different names"):
        plan_build(BuildConfig(profile=None, sources=named * 2))


def test_rows_are_kept_by_their_values(tmp_path: Path) -> None:
    rows = [
        {"text": PAGE, "lang": "en", "score": 5.0, "hash": "a"},
        {"text": PAGE, "lang": "de", "score": 5.0, "hash": "b"},
        {"text": PAGE, "lang": "en", "score": 2.0, "hash": "c"},
        {"text": PAGE, "lang": None, "score": None, "hash": "d"},
    ]
    write_parquet(tmp_path / "web" / "train.parquet", rows)
    path = config(
        tmp_path, "{corpus: webcode2m, path: web, name: pages, keep: {lang: [en], score: {min: 4}}}"
    )
    (source,) = load_source_config(path)
    found = all_rows(source)
    assert source.info.name == "pages"
    assert [row.rejection and row.rejection.reason.value for row in found] == [
        None,
        *["collect.filtered"] * 3,
    ]
    assert found[2].rejection is not None
    assert found[2].rejection.detail == "score is '2.0'; kept are rows with from 4 to any"
    (wrong,) = load_source_config(config(tmp_path, "{corpus: webcode2m, path: web, keep: {rank: [1]}}"))
    with pytest.raises(
        SourceSchemaError, match=r"`keep` names rank; the columns of .* are text, lang, score, hash"
    ):
        wrong.count()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{corpus: web3code, path: x}", "unknown corpus 'web3code'"),
        ("{corpus: cosyn, path: x}", "'cosyn' means cosyn-chart, .*; name one of them"),
        (
            "{corpus: web2code, licence: MIT}",
            "unknown field 'licence'; with `corpus`, allowed are corpus, path",
        ),
        ("{corpus: web2code, columns: [a]}", "expected a mapping of roles to columns"),
        ("{corpus: web2code, columns: {html: a}}", "columns names 'html'; allowed are conversation, answer"),
        ("{corpus: web2code, keep: {lang: en}}", "keep of lang is 'en'; expected a list of values"),
        ("{name: a, format: hub, domain: svg, language: svg, license: MIT}", "missing hub_id"),
    ],
)
def test_wrong_entries_are_named(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises(SourceConfigError, match=message):
        load_source_config(config(tmp_path, entry))


def test_any_data_set_of_the_hub_by_its_columns(tmp_path: Path) -> None:
    image = {"bytes": png("red"), "path": None}
    write_parquet(
        tmp_path / "copy" / "data" / "train.parquet", [{"k": 7, "body": ICON, "shot": image, "fmt": "svg"}]
    )
    entry = (
        "{name: theirs, format: hub, hub_id: owner/name, path: copy, domain: svg, language_column: fmt, "
        "code_column: body, image_column: shot, id_column: k, license: MIT}"
    )
    (source,) = load_source_config(config(tmp_path, entry))
    (row,) = all_rows(source)
    assert (row.source_id, row.code, row.language, row.image) == ("7", ICON, "svg", png("red"))


@pytest.mark.parametrize("kind", ["jsonl", "folder"])
def test_own_pictures(tmp_path: Path, kind: str) -> None:
    data = _made(tmp_path / "data")
    (data / "a.svg").write_text(ICON)
    (data / "a.png").write_bytes(png("red"))
    (tmp_path / "data.jsonl").write_text(json.dumps({"code": ICON, "picture": "data/a.png"}) + "\n")
    place = "path: data.jsonl, image_column: picture" if kind == "jsonl" else "path: data"
    entry = f"{{name: own, format: {kind}, {place}, domain: svg, language: svg, license: MIT}}"
    (source,) = load_source_config(config(tmp_path, entry))
    assert [row.image for row in all_rows(source)] == [png("red")]
