"""The browser of a release, served and opened in Chromium: counts, pages, one sample, hostile rows."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import tasks.look.rows as rows_of_pages
from flows.cli import app
from storage.sql import open_locked
from tasks.look.browse import make_app
from tasks.look.shown import open_shown
from tests.look.conftest import HANDLER, SCRIPT, Looked, Seen
from tests.releases import copy_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(looked: Looked) -> Iterator[httpx.Client]:
    before = {path: path.stat().st_mtime_ns for path in looked.home.rglob("*")}
    command = [sys.executable, "-m", "flows.cli", "browse", "--home", str(looked.home), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split()[0]
        assert address.startswith("http://127.0.0.1:") and looked.release.name in line
        with httpx.Client(base_url=address.rstrip("/"), timeout=60) as client:
            yield client
        process.terminate()
    assert process.returncode is not None
    assert {path: path.stat().st_mtime_ns for path in looked.home.rglob("*")} == before


def samples(server: httpx.Client, **filters: Any) -> dict[str, Any]:
    response = server.get("/api/samples", params=filters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_health_and_a_port_that_is_taken(looked: Looked, server: httpx.Client) -> None:
    assert server.get("/health").json() == {"status": "ok", "release": looked.release.name}
    words = ["browse", "--home", str(looked.home), "--port", str(server.base_url.port)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and "another program listens" in done.output and "--port 0" in done.output


@pytest.mark.parametrize(
    ("filters", "table", "where"),
    [
        ({"source": "own-svg"}, "samples", "source = 'own-svg'"),
        ({"language": "graphviz", "limit": 2}, "samples", "language = 'graphviz'"),
        ({"fate": "rejected"}, "rejects", "true"),
        ({"reason": "verify.blank"}, "rejects", "reason = 'verify.blank'"),
        ({"task": "refine"}, "samples", "task = 'refine'"),
        ({"min_tokens": 60, "max_tokens": 100}, "samples", "tokens BETWEEN 60 AND 100"),
        ({"q": "purple"}, "samples", "contains(code, 'purple')"),
        ({"fate": "rejected", "q": SCRIPT}, "rejects", f"contains(code_head, '{SCRIPT}')"),
    ],
)
def test_rows_are_those_that_duckdb_finds(
    looked: Looked, server: httpx.Client, filters: dict[str, Any], table: str, where: str
) -> None:
    expected = looked.ask(f"SELECT sample_id FROM {table} WHERE {where} ORDER BY ALL")
    answer = samples(server, **filters)
    limit = filters.get("limit", 60)
    assert answer["total"] == len(expected) > 0
    assert [row["sample_id"] for row in answer["samples"]] == [name for (name,) in expected[:limit]]


def test_pages_and_orders(looked: Looked, server: httpx.Client) -> None:
    whole = samples(server, fate="all", sort="-characters")["samples"]
    sizes = [row["characters"] for row in whole if row["characters"] is not None]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) > 10
    parts = [samples(server, fate="all", sort="-characters", limit=4, offset=at)["samples"] for at in (0, 4)]
    assert [*parts[0], *parts[1]] == whole[:8]


@pytest.mark.parametrize("whole", [False, True])
def test_a_search_that_takes_long_shows_what_it_has_found(
    looked: Looked, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr(rows_of_pages, "_AT_ONCE", 4)
    monkeypatch.setattr(rows_of_pages, "_SEARCH_SECONDS", 0.0)
    there = looked.ask("SELECT count(*), count(*) FILTER (contains(code, '<svg')) FROM samples")
    with open_locked(looked.release, "1GB") as database:
        rows_of_pages.make_view(database)
        wanted = rows_of_pages.Wanted(text="<svg", whole=whole)
        found = rows_of_pages.search_rows(database, wanted)
        shown = rows_of_pages.find_rows(database, wanted)
    assert found.complete is whole and (found.looked, found.of) == (there[0][0] if whole else 4, there[0][0])
    assert found.rows == len(shown) == (there[0][1] if whole else min(4, len(shown)))


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("colour=red", "the filter 'colour'"),
        ("fate=lost", "released, rejected, all"),
        ("sort=code;DROP", "columns are"),
        ("limit=9999", "from 0 to 500"),
        (f"offset={'9' * 5_000}", "a whole number from 0"),
        ("min_tokens=many", "is a number"),
    ],
)
def test_a_wrong_filter_is_named(server: httpx.Client, query: str, why: str) -> None:
    response = server.get(f"/api/samples?{query}")
    assert response.status_code == 400 and why in response.json()["error"]


def test_only_this_machine_and_its_own_pages_are_answered(looked: Looked, server: httpx.Client) -> None:
    ((sample_id,),) = looked.ask("SELECT min(sample_id) FROM samples")
    for path in (
        "/",
        "/health",
        f"/sample/{sample_id}",
        f"/picture/{sample_id}.png",
        "/sample/none",
        "/nowhere",
    ):
        headers = server.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    assert server.get("/health", headers={"Host": "rebound.example"}).status_code == 400
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert server.get(f"/picture/{sample_id}.png", headers=foreign).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert server.get("/", headers=link).status_code == 200
    assert server.get("/sql?q=SELECT+1", headers=link).status_code == 403
    assert server.post(f"/sample/{sample_id}/render", headers=link).status_code == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT count(*) AS n, 'x<b>y' AS t FROM samples", "<td>x&lt;b&gt;y"),
        ("SELECT * FROM read_text('/etc/hostname')", "Cannot access file"),
        ("DELETE FROM samples", "received DELETE"),
    ],
)
def test_the_sql_box(server: httpx.Client, query: str, said: str) -> None:
    response = server.get("/sql", params={"q": query})
    assert response.status_code == 200 and said in response.text


def total(seen: Seen) -> int:
    return int(seen.page.locator(".total").first.inner_text().replace(",", ""))


def test_the_questions_that_the_sql_page_offers_have_answers(server: httpx.Client) -> None:
    offered = re.findall(r'href="(/sql\?q=[^"]+)"', server.get("/sql").text)
    assert len(offered) == 3
    for address in offered:
        answer = server.get(html.unescape(address)).text
        assert 'class="problem"' not in answer and 'class="answer"' in answer, address


def test_choices_count_what_duckdb_counts_and_addresses_restore_them(
    looked: Looked, server: httpx.Client, seen: Seen
) -> None:
    page = seen.page
    page.goto(f"{server.base_url}/")
    ((released,),) = looked.ask("SELECT count(*) FROM samples")
    assert total(seen) == released == page.locator("a.card").count()
    page.select_option("select[name=language]", "graphviz")
    page.wait_for_url("**language=graphviz*")
    assert [(total(seen),)] == looked.ask("SELECT count(*) FROM samples WHERE language = 'graphviz'")
    page.click("label.tab:has-text('rejected')")
    page.wait_for_url("**fate=rejected*")
    page.select_option("select[name=language]", "svg")
    page.wait_for_url("**language=svg*")
    assert [(total(seen),)] == looked.ask("SELECT count(*) FROM rejects WHERE language = 'svg'")
    again = page.context.new_page()
    again.goto(page.url)
    assert again.input_value("select[name=language]") == "svg"
    assert again.inner_text(".total >> nth=0") == page.inner_text(".total >> nth=0")
    page.go_back()
    assert "language=graphviz" in page.url and page.locator("select[name=sort]").is_enabled()
    pictures = page.locator(".card img")
    for number in range(pictures.count()):
        width = pictures.nth(number).evaluate(
            "one => (one.loading = 'eager', one.decode()).then(() => one.naturalWidth)"
        )
        assert width > 20
    assert seen.clean()


def test_filters_that_are_no_choice_are_shown_and_can_be_taken_away(
    looked: Looked, server: httpx.Client, seen: Seen
) -> None:
    page = seen.page
    ((sample_id, stage),) = looked.ask("SELECT sample_id, stage FROM rejects WHERE reason = 'verify.blank'")
    page.goto(f"{server.base_url}/sample/{sample_id}")
    page.click(f"td a:text-is('{stage}')")
    assert [(total(seen),)] == looked.ask(f"SELECT count(*) FROM rejects WHERE stage = '{stage}'")
    page.click(f"a.chip:has-text('stage {stage}')")
    assert [(total(seen),)] == looked.ask("SELECT count(*) FROM rejects")
    page.goto(f"{server.base_url}/?offset=100000")
    assert page.inner_text(".cards").startswith("No rows from there on")
    page.click("a[rel=prev] >> nth=0")
    assert page.locator("a.card").count() == min(60, total(seen))
    assert seen.clean()


def test_a_wrong_address_and_a_damaged_catalogue_say_what_to_do(looked: Looked, tmp_path: Path) -> None:
    copy = copy_of(looked.release, tmp_path / "copy")
    with ExitStack() as stack:
        shown = open_shown(copy, stack)
        shown.database.execute("CREATE OR REPLACE TEMP VIEW every_row AS SELECT error('gone') AS fate")
        with TestClient(make_app(shown), base_url="http://127.0.0.1") as client:
            answer = client.get("/samples/")
            assert answer.status_code == 404 and "received /samples/; there are /, /sample/ID" in answer.text
            answer = client.get("/")
            assert answer.status_code == 500 and "vincicoder release verify" in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            shutil.rmtree(copy)
            assert "is not there any more" in client.get("/api/samples").json()["error"]
    copy = copy_of(looked.release, tmp_path / "another")
    for part in (copy / "data").glob("*.parquet"):
        part.write_bytes(part.read_bytes()[:1000])
    done = CliRunner().invoke(app, ["report", str(copy), "-o", str(tmp_path / "report.html")])
    assert done.exit_code == 0 and ", 0 pictures" in done.output
    catalog = copy / "catalog.duckdb"
    whole = catalog.read_bytes()
    catalog.write_bytes(whole[:20_000] + b"\0" * (len(whole) - 20_000))
    for command in ("report", "browse", "sql"):  # all three end before they write or serve
        words = [command, "SELECT * FROM samples", "--release"] if command == "sql" else [command]
        done = CliRunner().invoke(app, [*words, str(copy)])
        assert done.exit_code in (1, 2) and "Building again publishes" in done.output, command


def test_keys_turn_pages_and_open_rows(server: httpx.Client, seen: Seen) -> None:
    page = seen.page
    page.goto(f"{server.base_url}/?limit=3")
    first = page.locator("a.card").first.get_attribute("href")
    page.keyboard.press("n")
    page.wait_for_url("**offset=3*")
    assert page.locator("a.card").first.get_attribute("href") != first
    page.keyboard.press("p")
    page.wait_for_url("**/?limit=3")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")
    assert seen.clean()


def test_a_page_shows_all_of_a_sample(looked: Looked, server: httpx.Client, seen: Seen) -> None:
    page = seen.page
    ((sample_id, detail),) = looked.ask(
        "SELECT sample_id, detail FROM rejects WHERE reason = 'verify.mismatch'"
    )
    page.goto(f"{server.base_url}/sample/{sample_id}")
    verdicts = page.locator(".decisions .chip").all_inner_texts()
    assert verdicts == ["kept"] * 5 + ["rejected"]
    assert detail in page.inner_text(".decisions")
    captions = page.locator(".pictures figcaption").all_inner_texts()
    assert captions == ["What the code draws", "The corpus's own picture"]
    for picture in page.locator(".pictures img").all():
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 256
    assert page.locator("pre.code .nt").count() > 3
    page.click("text=Draw it again")
    page.wait_for_selector("#again img")
    assert "the same pixels as in the build" in page.inner_text("#again")

    ((removed, kept),) = looked.ask("SELECT removed_id, kept_id FROM duplicates WHERE kind = 'exact_image'")
    page.goto(f"{server.base_url}/sample/{removed[:20]}")
    assert page.locator(f"a.card[href='/sample/{kept}']").inner_text().endswith("left for it, exact_image")
    ((refined, target),) = looked.ask(
        "SELECT sample_id, target_id FROM samples WHERE task = 'refine' LIMIT 1"
    )
    page.goto(f"{server.base_url}/sample/{refined}")
    assert page.locator(f"a.card[href='/sample/{target}']").count() == 1
    assert seen.clean()


def test_an_answer_is_scored_beside_its_sample(looked: Looked, server: httpx.Client, seen: Seen) -> None:
    page = seen.page
    ((sample_id, code),) = looked.ask(
        "SELECT sample_id, code FROM samples WHERE language = 'svg' AND task = 'direct' "
        "AND contains(code, 'purple')"
    )

    def score(answer: str) -> dict[str, float]:
        page.goto(f"{server.base_url}/sample/{sample_id}")
        page.fill("textarea[name=answer]", answer)
        page.click("text=Score it")
        page.wait_for_selector("table.terms")
        assert page.input_value("textarea[name=answer]") == answer
        assert seen.clean()
        names, values = (page.locator(f"table.terms {cell}").all_inner_texts() for cell in ("th", "td"))
        return dict(zip(names, map(float, values), strict=True))

    same = score(f"Here:\n```svg\n{code}\n```")
    assert same["score"] > 0.99 and same["visual"] > 0.99
    assert page.locator("img.sheet").evaluate("one => one.decode().then(() => one.naturalWidth)") > 1000
    other = score(code.replace("purple", "orange"))
    assert 0.2 < other["score"] < same["score"]
    assert score(f"</textarea>{SCRIPT}{HANDLER}")["score"] < 0.1
    assert "render." in page.inner_text("pre.problem")


def test_only_a_form_of_its_own_pages_draws(looked: Looked, server: httpx.Client) -> None:
    ((sample_id,),) = looked.ask("SELECT min(sample_id) FROM samples")
    for what in ("render", "score"):
        address = f"/sample/{sample_id}/{what}"
        assert server.post(address, data={"answer": "x"}).status_code == 403
        assert server.post(address, data={"answer": "x", "token": "guessed"}).status_code == 403
        assert server.post(address, content=b"answer=" + b"x" * 3_000_000).status_code == 413
        assert server.get(address).status_code == 405


def test_hostile_rows_are_words_on_a_phone_too(looked: Looked, server: httpx.Client, seen: Seen) -> None:
    page = seen.page
    page.set_viewport_size({"width": 360, "height": 740})
    hostile = looked.ask(
        "SELECT sample_id FROM samples WHERE contains(source_id, 'onerror') OR contains(code, '7 * 7') UNION "
        "SELECT sample_id FROM rejects WHERE contains(code_head, 'window.ran') "
        "OR contains(language, 'script')"
    )
    assert len(hostile) >= 6
    for path in ("/", "/?fate=all", "/?q=%3Cscript", "/sql?q=SELECT+source_id,+code_head+FROM+rejects"):
        page.goto(f"{server.base_url}{path}")
        assert seen.overflow() <= 0, path
        assert seen.clean()
    for (sample_id,) in hostile:
        page.goto(f"{server.base_url}/sample/{sample_id}")
        assert seen.overflow() <= 0
        assert seen.clean()
    ((named,),) = looked.ask(f"SELECT min(sample_id) FROM samples WHERE starts_with(source_id, '{HANDLER}')")
    page.goto(f"{server.base_url}/sample/{named}")
    assert page.inner_text("h1").startswith(HANDLER)
