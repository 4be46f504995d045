"""The report of an RL set, as a real browser shows it: counts, filters, hostile rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.look.conftest import Looked, Seen
from tests.releases import rows_of

pytestmark = pytest.mark.slow


def test_it_shows_what_the_set_holds(looked: Looked, tmp_path: Path, seen: Seen) -> None:
    recipe = tmp_path / "rl.yaml"
    recipe.write_text(json.dumps({"rows": 8, "domains": {"svg": 0.7, "diagram": 0.3}}))
    command = ["build", "rl", "--recipe", str(recipe), "--home", str(looked.home), "--json"]
    built = CliRunner().invoke(app, command)
    assert built.exit_code == 0, built.output
    release = Path(json.loads(built.output.splitlines()[-1])["release"])
    rows = rows_of(release)
    target = tmp_path / "report.html"
    words = ["report", release.name, "--home", str(looked.home), "-o", str(target)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    page = seen.page
    page.goto(target.as_uri())
    assert int(page.inner_text("#n-shown")) == len(rows) > 5
    graphs = sum(row["domain"] == "diagram" for row in rows)
    assert page.locator("#composition table >> nth=0").inner_text().split() == [
        *("domain", "rows", "share"),
        *("svg", str(len(rows) - graphs), f"{100 - 100 * graphs / len(rows):.1f}%"),
        *("diagram", str(graphs), f"{100 * graphs / len(rows):.1f}%"),
    ]
    page.select_option("select[name=domain]", "diagram")
    assert int(page.inner_text("#n-shown")) == graphs > 0
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert int(page.inner_text("#n-shown")) == graphs
    assert page.locator(".card:visible img").count() == graphs
    page.set_viewport_size({"width": 390, "height": 800})
    assert seen.overflow() <= 0
    assert seen.clean()
    compared = CliRunner().invoke(app, [*words, "--compare", looked.release.name])
    assert compared.exit_code == 1 and "only SFT releases are compared" in compared.output
