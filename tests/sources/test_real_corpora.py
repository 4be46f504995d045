"""The sources on the packages that are really installed; each is skipped where its package is not."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from vincicoder.sample import Domain
from vincicoder.sources.base import Source, SourceUnavailableError
from vincicoder.sources.corpora import corpora_folder
from vincicoder.sources.packages.html_document import make_self_contained
from vincicoder.sources.packages.html_pages import PageSource
from vincicoder.sources.profiles import get_profile, plan, read_positions
from vincicoder.sources.registry import get_source, list_sources

_ROOT = Path(__file__).resolve().parents[2]
# The least that each source must hold: well below what today's versions have.
_AT_LEAST = {
    "openclipart": 7000,
    "twemoji": 3500,
    "lucide": 1500,
    "chemicals": 70_000,
    "mermaid-examples": 76,
    "pgf-manual": 1500,
    "matplotlib-gallery": 300,
    "matplotlib-figures": 300,
    "gentelella": 200,
    "bootstrap-components": 300,
}


def available(name: str) -> Source:
    """Return a source, or skip the test where its corpus is not here."""
    source = get_source(name)
    try:
        source.revision()
        source.count()
    except SourceUnavailableError as error:
        pytest.skip(str(error))
    return source


@pytest.mark.parametrize("name", [info.name for info in list_sources()])
def test_rows_are_unique_stable_and_of_the_declared_kind(name: str) -> None:
    source = available(name)
    count = source.count()
    assert count >= _AT_LEAST.get(name, 5)
    positions = sorted({index * count // 12 for index in range(12)} | {count - 1})
    rows = list(read_positions(source, positions))
    assert rows == list(read_positions(source, positions))
    assert len({row.source_id for row in rows}) == len(positions)
    for row in rows:
        assert row.language in source.info.languages and row.domain == source.info.domain
        assert row.license and isinstance(row.code, str) and row.code.strip()


def test_the_default_profile_is_large_balanced_and_the_same_each_time() -> None:
    try:
        planned = plan(get_profile("packages"))
    except SourceUnavailableError as error:
        pytest.skip(str(error))
    totals: Counter[str] = Counter()
    for source, positions in planned:
        totals[source.info.domain] += len(positions)
    assert sum(totals.values()) >= 2500
    assert all(totals[domain] >= 300 for domain in ("chart", "svg", "web", "latex", "molecule"))
    assert set(totals) == set(Domain)
    assert plan(get_profile("packages")) == planned
    full = plan(get_profile("packages-full"))
    assert sum(len(positions) for _, positions in full) >= 20_000


def test_pages_stay_small_and_name_no_other_file() -> None:
    source = available("gentelella")
    assert isinstance(source, PageSource)
    pages = [make_self_contained(page) for page in source.pages[::20]]
    assert sorted(map(len, pages))[len(pages) // 2] < 12_000
    for page in pages:
        assert "<script" not in page and "<link" not in page and "@import" not in page


def test_the_fetch_script_does_nothing_the_second_time() -> None:
    if not (corpora_folder() / "npm" / "installed-package-lock.json").is_file():
        pytest.skip("corpora are not fetched: run vincicoder setup corpora")
    finished = subprocess.run(
        [_ROOT / "scripts" / "fetch-corpora.sh"], capture_output=True, text=True, check=True
    )
    assert "PyPI archives are up to date" in finished.stdout
    assert "npm packages are up to date" in finished.stdout
    assert "downloading" not in finished.stdout


def test_no_list_of_corpora_names_a_host() -> None:
    folder = _ROOT / "requirements"
    lock = (folder / "corpora-npm" / "package-lock.json").read_text()
    assert '"resolved"' not in lock and lock.count('"integrity"') > 20
    pinned = (folder / "corpora-pypi.txt").read_text()
    assert "http" not in pinned and pinned.count("--hash=sha256:") == 3
    wanted = yaml.safe_load((folder / "corpora-npm" / "package.json").read_text())["dependencies"]
    assert all(version[0].isdigit() for version in wanted.values())
