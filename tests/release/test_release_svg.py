"""A user is told which SVG rows of a release the two renderers draw differently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.release.test_verify_release import read, write
from tests.releases import Releases, copy_of
from vincicoder.render.languages.svg.backends import has_librsvg
from vincicoder.render.registry import why_unsupported

pytestmark = pytest.mark.skipif(
    bool(why_unsupported("svg-cairosvg")) or not has_librsvg(), reason="needs librsvg and CairoSVG"
)
# CairoSVG knows no colour matrix: blue stays blue.
_FILTER = (
    '<filter id="f"><feColorMatrix type="matrix" values="0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0"/></filter>'
    '<rect width="256" height="256" fill="blue" filter="url(#f)"/></svg>'
)


def test_what_the_renderers_disagree_on_is_listed(releases: Releases, tmp_path: Path) -> None:
    folder = copy_of(releases.first, tmp_path / "release")
    rows = read(folder)
    changed = next(row for row in rows if row["language"] == "svg" and row["task"] == "direct")
    changed["code"] = changed["code"].replace("</svg>", _FILTER)
    write(folder, rows)
    said = CliRunner().invoke(app, ["release", "check-svg", str(folder), "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert found["rows"] == found["drawn"] == 12
    assert found["median_difference"] < 1
    assert [each["sample_id"] for each in found["doubtful"]] == [changed["sample_id"]]
    assert found["doubtful"][0]["mean_difference"] > 100


def test_the_share_is_bounded_and_the_folder_named(releases: Releases, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["release", "check-svg", str(releases.first), "--samples", "3"])
    assert (said.exit_code, said.stdout[:38]) == (0, "3 of 12 SVG rows drawn, 0 doubtful, me")
    nowhere = CliRunner().invoke(app, ["release", "check-svg", str(tmp_path)])
    assert nowhere.exit_code == 2
    assert "must be a release's folder" in nowhere.stderr
