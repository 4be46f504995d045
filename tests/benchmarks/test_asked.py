"""What asks for more than to reproduce one picture is put to a model whole, or said not to be askable."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.benchmarks.asked_layouts import TABLE, write_chart2code, write_chartmimic
from tests.benchmarks.layouts import CODE, picture
from tests.refine.model_server import ModelServer, Reply
from vincicoder.benchmarks import choose_one, read_items
from vincicoder.benchmarks.spreadsheet import SpreadsheetError, spreadsheet_as_csv
from vincicoder.evaluate.published import published_items


def test_folders_of_chartmimic_have_their_text_and_the_picture_to_follow(tmp_path: Path) -> None:
    write_chartmimic(tmp_path / "set")
    direct, customized = sorted(published_items(choose_one(f"chartmimic={tmp_path / 'set'}")),
        key=lambda item: item.item_id, reverse=True)  # fmt: skip
    assert (direct.item_id, direct.shown) == ("direct_600/bar_1", ())
    assert (customized.item_id, customized.shown) == ("customized_600/bar_1", (picture(3),))
    assert customized.instruction.startswith("<image>Draw rain = [3, 9].")
    assert customized.instruction.endswith("figsize=(7.0, 5.0) for the size of the figure.")
    (alone,) = read_items(choose_one(f"chartmimic={tmp_path / 'set/customized_600'}"))
    assert not alone.is_askable and alone.request is None  # nothing above the folder is read


@pytest.mark.parametrize("lost", ["level1_figure/data.png", "level3/table.xlsx", "level3/style.png"])
def test_what_lacks_a_part_is_judged_but_not_asked(lost: str, tmp_path: Path) -> None:
    write_chart2code(tmp_path)
    (tmp_path / "data" / lost).write_bytes(b"")
    items = {item.group: item for item in published_items(choose_one(f"chart2code={tmp_path}"))}
    silent = {group for group, item in items.items() if not item.instruction}
    assert silent == {lost.partition("/")[0]} and all(item.code for item in items.values())


def test_a_spreadsheet_is_read_as_its_cells(tmp_path: Path) -> None:
    write_chart2code(tmp_path)
    table = tmp_path / "data/level3/table.xlsx"
    assert spreadsheet_as_csv(table) == TABLE
    table.write_bytes(table.read_bytes()[:300])
    with pytest.raises(SpreadsheetError, match=r"table\.xlsx cannot be read as a spreadsheet"):
        spreadsheet_as_csv(table)


@pytest.mark.slow
def test_a_served_model_sees_both_pictures_and_the_table(tmp_path: Path) -> None:
    write_chart2code(tmp_path / "set")
    with ModelServer(lambda _picture, _before: Reply(f"```python\n{CODE['python']}\n```")) as server:
        command = ["evaluate", "--endpoint", server.url, "--model", "tiny", "--home", str(tmp_path / "home")]
        done = CliRunner().invoke(app, [*command, "--benchmark", f"chart2code={tmp_path / 'set'}", "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.output.strip().splitlines()[-1])
    assert (result["items"], result["metrics"]["execution"]["strict"]) == (2, 1.0)
    asked = sorted((request["messages"][0]["content"] for request in server.requests), key=len)
    shown = [[part.get("text") or _picture_of(part) for part in parts] for parts in asked]
    assert shown == [
        [picture(3), f"Draw level3 .\n\n{TABLE}"],
        [
            *("Draw level1_figure .\n\nThe picture of the data:", picture(4)),
            *("The picture of the style:", picture(3)),
        ],
    ]


def _picture_of(part: dict[str, dict[str, str]]) -> bytes:
    return base64.b64decode(part["image_url"]["url"].removeprefix("data:image/png;base64,"))
