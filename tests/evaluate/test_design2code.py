"""Design2Code's scores: the published numbers on a page, and what is mended; several tries an item."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from vincicoder.evaluate.block_matching import match_blocks
from vincicoder.evaluate.metrics.design2code import compared
from vincicoder.evaluate.metrics.encoder_metrics import without_texts
from vincicoder.evaluate.page_tree import read_page, write_page
from vincicoder.evaluate.text_blocks import (
    TextBlock,
    find_blocks,
    has_body,
    is_rewritten,
    prepared,
    recolored,
)
from vincicoder.render.registry import why_unsupported

_MISSING = why_unsupported("html")
PAGE = """<!DOCTYPE html>
<html><head><style>body{margin:20px;font:16px sans-serif}h1{color:#224466}li{color:green}\
.box{background:#eee;padding:8px}</style></head>
<body><h1>Harbour news</h1><div class="box"><p>Ships leave at <b>nine</b> every day.</p>\
<ul><li>North pier</li>\
<li>South pier</li><li>Read more</li></ul></div><p>Read more</p></body></html>
"""
_CHANGES = (
    ("Harbour news", "Harbor news today"),
    ("#224466", "#a02020"),
    ("South pier", "South gate"),
    ("margin:20px", "margin:32px"),
    ("<li>Read more</li>", ""),
)
# What the published evaluator gave for PAGE and the changed page, in the same browser.
_PUBLISHED = (0.9678329571106095, 0.9097701149425288, 0.9723090277777778, 0.8625923553379641)


def changed(page: str) -> str:
    for before, after in _CHANGES:
        page = page.replace(before, after)
    return page


@pytest.mark.slow
@pytest.mark.skipif(bool(_MISSING), reason=_MISSING)
def test_pages_have_the_published_scores_and_a_retried_rate_beside_the_first(tmp_path: Path) -> None:
    pages = {"1": PAGE, "2": PAGE.replace("Read more", "Less"), "3": "<html><body></body></html>"}
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page)
    tries = [("1", changed(PAGE)), ("2", ""), ("2", "I cannot."), ("2", pages["2"])]
    lines = [json.dumps({"item_id": item, "answer": answer}) for item, answer in tries]
    (tmp_path / "answers.jsonl").write_text("\n".join(lines))
    command = ["evaluate", "--answers", str(tmp_path / "answers.jsonl"), "--home", str(tmp_path / "home")]
    command += ["--workers", "1", "--json", "--benchmark", f"design2code={tmp_path}"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    result = json.loads(done.output.strip().splitlines()[-1])
    rows = pq.read_table(Path(result["folder"]) / "items.parquet").to_pylist()
    kept = {row["item_id"]: row for row in rows}
    names = [f"design2code_{part}" for part in ("block_match", "text", "position", "color")]
    assert [kept["1"][f"{name}_reference"] for name in names] == pytest.approx(_PUBLISHED, abs=1e-9)
    assert [kept["1"][f"{name}_strict"] for name in names] == pytest.approx(_PUBLISHED, abs=1e-9)
    assert [kept["2"][f"{name}_reference"] for name in names] == [0.0] * 4  # the first try counts
    assert result["answers"]["further_tries"] == 2
    rates = {name: result["metrics"][name]["strict"] for name in result["metrics"] if "execution" in name}
    retried = {"execution_retried": 2 / 3, "execution_a_try": 4 / 9, "execution_pass_at_2": 5 / 9}
    assert rates == pytest.approx({"execution": 1 / 3, **retried})
    assert (kept["2"]["tries"], kept["2"]["tries_drawn"], kept["3"]["tries"]) == (3, 1, 0)


def block(text: str, left: float, top: float, color: float = 0.0) -> TextBlock:
    return TextBlock(text, (left, top, 0.1, 0.05), (color,) * 3)


def test_equal_pages_earn_the_best_in_strict_and_pages_without_texts_are_equal() -> None:
    page = [block("read more", 0.1, 0.1 * n, n) for n in range(6)] + [block("other", 0.5, 0.5)]
    assert compared(page, page, strict=True).scores == pytest.approx((1.0,) * 4)
    assert compared(page[::-1], page, strict=True).scores == pytest.approx((1.0,) * 4)
    assert compared([], [], strict=True).scores == (1.0,) * 4
    assert compared([], [], strict=False).scores == (0.0,) * 4
    for sides in ((page, []), ([], page), ([block("xyz", 0, 0)], page)):
        assert compared(*sides, strict=True).scores == (0.0,) * 4


def test_neighbours_are_put_together_where_their_texts_are_one() -> None:
    answer = [block("ships leave", 0.1, 0.1), block("at nine", 0.2, 0.1), block("north", 0.1, 0.5)]
    reference = [
        TextBlock("ships leave at nine", (0.1, 0.1, 0.2, 0.05), (9.0,) * 3),
        block("north", 0.1, 0.5),
    ]
    found = match_blocks(answer, reference)
    assert [(one.text, other.text, alike) for one, other, alike in found.pairs] == [
        ("ships leave at nine", "ships leave at nine", 1.0),
        ("north", "north", 1.0),
    ]
    assert found.alone == [] and found.answer[0].box == pytest.approx((0.1, 0.1, 0.2, 0.05))


def test_texts_are_found_by_their_colours() -> None:
    page = "<body><p>One <i>two</i></p><em style='color: #ffffff'>lost</em><script>x</script></body>"
    drawn = np.full((20, 30, 3), 255, np.uint8)
    own, drawings = drawn.copy(), (drawn.copy(), drawn.copy())
    assert "color: #FAFAFA !important; opacity: 1.0 !important" in recolored(page, 0)
    assert "color: #2C2C2C !important" in recolored(page, 50)
    drawings[0][5:9, 10:20], drawings[1][5:9, 10:20], own[5:9, 10:20] = 250, 44, (10, 20, 30)
    found = find_blocks(page, own, drawings)
    box = (10 / 30, 5 / 20, 10 / 30, 4 / 20)
    assert [(one.text, one.box, one.color) for one in found] == [
        ("one", box, (10.0, 20.0, 30.0)),
        ("two", box, (10.0, 20.0, 30.0)),
    ]
    assert find_blocks(page, own, (drawings[0], drawings[1][:10])) == ()
    assert find_blocks(page, own[:6], drawings) == ()
    masked = without_texts(own, found)
    assert masked.shape == (20, 20, 3) and masked.min() > 200


def test_an_answer_is_rewritten_as_published() -> None:
    assert not is_rewritten(PAGE) and has_body(PAGE)
    assert prepared("<p>a<br>b &amp; c") == "<html><body><p><p>a<br/>b &amp; c</p></p></body></html>"
    many = f"<html><body>{'<i>x</i>' * 60}</body></html>"
    assert prepared(many).count("<i>") == 50
    repeated = f"<html><body>{'abcdefghij' * 90}</body></html>"
    assert prepared(repeated) == "<html><body></body></html>" and is_rewritten(repeated)
    deep = "<div>" * 3_000
    assert prepared(f"<html>{deep}").count("<div>") == 3_000


def test_markup_is_read_and_written_as_beautiful_soup_does() -> None:
    page = "<!doctype html><P class=a title='say \"hi\"'>x &lt; y<br></b><ul><li>1<li>2</ul>"
    page += "<script>a<b</script>"
    assert write_page(read_page(page)) == (
        '<!DOCTYPE html>\n<p class="a" title=\'say "hi"\'>x &lt; y<br/><ul><li>1<li>2</li></li></ul>'
        "<script>a<b</script></p>"
    )
