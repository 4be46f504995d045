"""The report of a release, as a real browser shows it: counts, filters, deep links, keys, hostile rows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage.diff import diff_releases
from storage.pictures import home_of
from storage.sql import open_locked
from tasks.look.gallery import gather_gallery
from tests.look.conftest import Looked, Seen
from tests.releases import copy_of

pytestmark = pytest.mark.slow

COUNTS = ("n-released", "n-refine", "n-rejected")


@pytest.fixture(scope="module")
def report(looked: Looked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    words = ["report", "--home", str(looked.home), "-o", str(path), "--json"]
    done = CliRunner().invoke(app, [*words, "--compare", looked.earlier.name])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert (said["release"], said["path"]) == (looked.release.name, str(path))
    assert said["bytes"] == path.stat().st_size < 20_000_000
    assert said["pictures"] > 10
    return path


def counts(seen: Seen) -> tuple[int, ...]:
    return tuple(int(seen.page.inner_text(f"#{name}").replace(",", "")) for name in COUNTS)


def expected(looked: Looked, where: str) -> tuple[int, ...]:
    """Counts by DuckDB: direct rows released, refinement rows released, rows rejected."""
    ((direct, refine),) = looked.ask(
        "SELECT count(*) FILTER (task = 'direct'), count(*) FILTER (task = 'refine') "
        f"FROM samples WHERE {where}"
    )
    ((gone,),) = looked.ask(f"SELECT count(*) FROM rejects WHERE {where}")
    return direct, refine, gone


def test_it_needs_no_other_file_and_allows_no_other_script(report: Path) -> None:
    html = report.read_text("utf-8")
    assert set(re.findall(r'(?:src|href)="([^"#]{5})', html)) == {"data:"}
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1] and "unsafe" not in policy[1]
    assert len(re.findall(r"<script\b", html)) == 2
    assert "<img src=x" not in html and "window.ran = 1</script>" not in html
    assert "style=" not in re.sub(r"(?s)<script.*", "", html)


def test_filters_count_what_duckdb_counts_and_links_restore_them(
    looked: Looked, report: Path, seen: Seen
) -> None:
    page = seen.page
    page.goto(report.as_uri())
    assert counts(seen) == expected(looked, "true")
    shown = set(page.eval_on_selector_all("[data-row]", "all => all.map(one => one.dataset.row)"))
    assert page.inner_text("#n-shown") == str(len(shown))
    for name in ("domain", "source", "language"):
        for (value,) in looked.ask(f"SELECT DISTINCT {name} FROM rejects UNION SELECT {name} FROM samples"):
            page.select_option(f"select[name={name}]", value)
            assert counts(seen) == expected(looked, f"{name} = '{value.replace(chr(39), chr(39) * 2)}'")
        page.select_option(f"select[name={name}]", "")
    for reason, rows in looked.ask("SELECT reason, count(*) FROM rejects GROUP BY ALL"):
        page.select_option("select[name=reason]", reason)
        assert counts(seen) == (0, 0, rows)
        visible = page.locator(f'#refused [data-row][data-reason="{reason}"]:visible').count()
        assert visible == min(rows, 16) == page.locator("#refused [data-row]:visible").count()
    page.select_option("select[name=reason]", "")
    page.fill("input[name=q]", "graph-1")
    found = page.locator("#kept [data-row]:visible")
    assert [found.nth(number).locator(".name").inner_text() for number in range(found.count())] == ["graph-1"]

    page.select_option("select[name=domain]", "diagram")
    address = page.url
    assert "domain=diagram" in address and "q=graph-1" in address
    again = page.context.new_page()
    again.goto(address)
    assert again.input_value("select[name=domain]") == "diagram"
    assert again.locator("#kept [data-row]:visible").count() == 1
    assert again.inner_text("#n-released") == page.inner_text("#n-released")
    assert seen.clean()


def test_the_funnel_is_that_of_the_stages(looked: Looked, report: Path, seen: Seen) -> None:
    seen.page.goto(report.as_uri())
    for stage, rows_in, made, rejected in looked.ask(
        "SELECT stage, sum(rows_in)::INT, sum(rows_made)::INT, sum(rows_rejected)::INT "
        "FROM stages GROUP BY stage"
    ):
        line = seen.page.locator(f'.stage[data-stage="{stage}"]')
        said = line.locator(".who span").inner_text()
        assert said == f"{rows_in} in" + (f", {made} made" if made else "")
        chips = line.locator("button[data-reason]").all_inner_texts()
        assert sum(int(chip.split()[-1]) for chip in chips) == rejected
    seen.page.click("button[data-reason='verify.blank']")
    assert counts(seen) == (0, 0, 1)
    assert "reason=verify.blank" in seen.page.url


def test_keys_go_row_by_row_and_open_what_a_link_restores(report: Path, seen: Seen) -> None:
    page = seen.page
    page.goto(report.as_uri())
    page.keyboard.press("j")
    first = page.locator(".card.current").get_attribute("id")
    page.keyboard.press("ArrowRight")
    second = page.locator(".card.current").get_attribute("id")
    assert first is not None and second is not None and first != second
    page.keyboard.press("Enter")
    assert page.locator(f"#{second} pre").is_visible()
    again = page.context.new_page()
    again.goto(page.url)
    assert again.locator(f"#{second} pre").is_visible() and not again.locator(f"#{first} pre").is_visible()
    page.keyboard.press("/")
    page.keyboard.type("titled")
    assert page.input_value("input[name=q]") == "titled"
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.wait_for_function("document.querySelector('input[name=q]').value === ''")
    page.keyboard.press("n")
    assert "at=" in page.url
    assert seen.clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_overflows_and_nothing_of_a_sample_runs(
    report: Path, seen: Seen, scheme: str
) -> None:
    page = seen.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(report.as_uri())
    for card in page.locator("#refused .card").all()[:4]:
        card.locator(".name").click()
    assert seen.overflow() <= 0
    assert seen.clean()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(22, 24, 27)") == (scheme == "dark")
    # The policy holds even against what would reach the page.
    blocked = page.evaluate(
        "(() => { const one = document.createElement('div'); one.innerHTML = "
        '\'<img src="data:," onerror="window.ran=1">\'; document.body.append(one); '
        "return new Promise(done => setTimeout(() => done(window.ran === undefined), 100)); })()"
    )
    assert blocked is True


def test_rejected_rows_have_their_pictures_and_the_comparison_its_numbers(
    looked: Looked, report: Path, seen: Seen
) -> None:
    page = seen.page
    page.goto(report.as_uri())
    for reason in ("verify.blank", "verify.mismatch", "dedup.exact_image"):
        card = page.locator(f'#refused [data-reason="{reason}"]')
        assert card.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 30
    members = page.locator("#duplicates .cluster").first.locator(".chip").all_inner_texts()
    assert members == ["kept", "exact_image"]
    assert page.locator("#thresholds figure line.bound").count() >= 1
    diff = diff_releases(looked.earlier, looked.release)
    said = page.inner_text("#comparison")
    assert f"{diff.rows[0]} rows there, {diff.rows[1]} here" in said
    assert all(why in said for _, _, why, _ in diff.added)


def test_pictures_stay_within_their_budget(looked: Looked) -> None:
    with open_locked(looked.release) as database:
        whole = gather_gallery(database, home_of(looked.release), 10_000_000)
        sizes = [len(row["picture"]) for rows in whole.refused.values() for row in rows if row["picture"]]
        small = gather_gallery(database, home_of(looked.release), min(sizes) + 10)
    shown = [row for rows in small.refused.values() for row in rows if row["picture"]]
    assert len(sizes) == 3 and len(shown) == 1
    assert not any(row["picture"] for rows in small.kept.values() for row in rows)


def test_a_copy_out_of_its_home_shows_what_was_released(looked: Looked, tmp_path: Path) -> None:
    copy = copy_of(looked.release, tmp_path / "copy")
    with open_locked(copy) as database:
        gallery = gather_gallery(database, home_of(copy), 10_000_000)
    assert all(row["picture"] for rows in gallery.kept.values() for row in rows)
    assert not any(row["picture"] for row in gallery.refused["verify.blank"])


def test_what_has_no_report(looked: Looked, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", "nothing", "--home", str(looked.home)])
    assert done.exit_code == 2 and looked.release.name in done.output
    (tmp_path / "file").touch()
    words = ["report", "--home", str(looked.home), "-o", str(tmp_path / "file/report.html")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and "file" in done.output
