"""Web pages: they need no other file, carry only the style they use, and are cut into sections."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import lxml.html
import pytest
from PIL import Image

from tests.sources.layout import all_rows, by_name, write_debian_documentation, write_npm_package
from vincicoder.sources.packages import bootstrap_docs, html_pages
from vincicoder.sources.packages.html_css import parse_css, prune_css
from vincicoder.sources.packages.html_document import SourcePage, make_self_contained
from vincicoder.sources.packages.html_sections import SectionCutter

if TYPE_CHECKING:
    from pathlib import Path


def prune(css: str, html: str, page_style: str = "") -> str:
    """Prune CSS text against an HTML text."""
    root = lxml.html.document_fromstring(html)
    return prune_css(parse_css(css), root, page_style, lambda address: f"<{address}>")


def test_only_rules_that_match_stay_and_of_them_only_the_selectors_that_match() -> None:
    css = "p, .gone {color: red} .a .b {top: 0} .b .a {top: 1px} #no {left: 0} em:not(.x) {margin: 0}"
    pruned = prune(css, '<p>x</p><div class="a"><i class="b">y</i></div><em>z</em>')
    assert pruned == "p {\n  color: red;\n}\n.a .b {\n  top: 0;\n}\nem:not(.x) {\n  margin: 0;\n}"


def test_what_a_still_picture_cannot_show_goes() -> None:
    css = (
        "a:hover {color: red} a {color: blue; transition: all 1s; cursor: pointer; -webkit-animation: x 1s}"
        "@media print {a {color: black}} @media (prefers-color-scheme: dark) {a {color: white}}"
        "@font-face {font-family: F; src: url(f.woff)} @keyframes x {from {top: 0}} @import 'other.css';"
        "a::before {content: '\\f101'} a::after {content: '!'} a:-moz-odd {top: 0}"
    )
    pruned = prune(css, "<a>x</a>")
    assert pruned == 'a {\n  color: blue;\n}\na::after {\n  content: "!";\n}'


def test_selectors_that_are_not_understood_go_and_take_no_others_along() -> None:
    css = "a, a:::b, ..x, p::before {color: red} ..y {top: 0} a:nope(, p {color: blue}"
    assert prune(css, "<p><a>x</a></p>") == "a, p::before {\n  color: red;\n}"


def test_media_conditions_stay_around_their_rules() -> None:
    css = "@media (min-width: 1px) {@supports (display: grid) {p {top: 0} i {top: 0}} p {left: 0}}"
    pruned = prune(css, "<p>x</p>")
    assert pruned.replace("\n", "") == (
        "@media (min-width: 1px) {@supports (display: grid) {p {  top: 0;}}}"
        "@media (min-width: 1px) {p {  left: 0;}}"
    )
    assert pruned.count("{") == pruned.count("}")


def test_variables_stay_when_something_uses_them_even_through_another() -> None:
    css = ":root {--a: var(--b); --b: 1px; --c: 2px; --d: 3px} p {margin: var(--a)}"
    pruned = prune(css, "<p>x</p>", page_style="width: var(--d)")
    assert "--a" in pruned and "--b" in pruned and "--d" in pruned and "--c" not in pruned


def test_addresses_are_replaced_and_data_uris_stay() -> None:
    css = "p {background: url('a b.jpg'), url(data:image/svg+xml,%3Csvg/%3E)} i {top: 0 !important}"
    pruned = prune(css, "<p><i>x</i></p>")
    assert 'url("<a b.jpg>")' in pruned and "url(data:image/svg+xml,%3Csvg/%3E)" in pruned
    assert "top: 0 !important;" in pruned


def test_a_page_becomes_self_contained(tmp_path: Path) -> None:
    Image.new("RGB", (640, 100)).save(tmp_path / "wide.png")
    (tmp_path / "style.css").write_text("h1 {color: red} h2 {color: blue}")
    html = """<!DOCTYPE html><html><head><title>T</title><meta name="viewport" content="width=1">
    <meta property="og:url" content="https://x"><link rel="stylesheet" href="style.css">
    <style>.own {top: 0} .not {top: 0}</style><script>alert(1)</script></head>
    <body onload="go()" class="own"><!-- note --><h1 onclick="go()">Hi</h1>
    <img src="wide.png" width="320" srcset="a 2x"><img src="https://host/x.png">
    <svg viewBox="0 0 1 1"><linearGradient id="g"/></svg>
    <p style="background: url(x.png)">ä &lt;</p><iframe src="https://x"></iframe></body></html>"""
    page = make_self_contained(SourcePage("p", html, (tmp_path / "style.css",), tmp_path))
    assert page.startswith("<!DOCTYPE html>\n<html>") and "<title>T</title>" in page
    assert "color: red" in page and "color: blue" not in page and ".own {" in page and ".not" not in page
    for absent in ("script", "onload", "onclick", "og:url", "note", "iframe", "srcset", "https://"):
        assert absent not in page
    assert re.findall(r"width='(\d+)'(?: |%20)height='(\d+)'", page)[:2] == [("320", "50"), ("320", "200")]
    assert 'viewBox="0 0 1 1"' in page and "linearGradient" in page and "ä &lt;" in page


def test_sections_are_cut_once_each() -> None:
    card = (
        '<div class="card"><h5>Card {0}</h5><p>'
        + "Some text that fills the card well. " * 8
        + "{0}</p></div>"
    )
    nav = "<nav>" + "<a href='#'>A menu entry</a> " * 12 + "</nav>"
    page = f"<body class='dark'>{nav}<main>{''.join(card.format(n) for n in range(4))}</main></body>"
    cutter = SectionCutter()
    first = list(cutter.cut(lxml.html.document_fromstring(page)))
    assert [len(re.findall(r"<h5>", html)) for html in first] == [0, 4, 1, 1]
    assert "<nav>" in first[0] and all('<body class="dark" ' in html for html in first)
    other = f"<body class='dark'>{nav}<footer>{'Another foot of a page. ' * 20}</footer></body>"
    second = list(cutter.cut(lxml.html.document_fromstring(other)))
    assert len(second) == 1 and "<footer>" in second[0]
    assert list(SectionCutter().cut(lxml.html.document_fromstring("<body><p>no section</p></body>"))) == []


def test_a_template_package_yields_pages_then_their_sections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    section = f"<section><h2>About</h2><p>{'Words of the section. ' * 20}</p></section>"
    html = f'<html><head><link rel="stylesheet" href="css/s.css"></head><body>{section}</body></html>'
    files = {"dist/index.html": html, "dist/css/s.css": "section {color: green}"}
    write_npm_package(tmp_path, "startbootstrap-creative", "7.0.7", files)
    source = by_name(html_pages.create_sources(), "startbootstrap-creative")
    page, part = all_rows(source)
    assert (page.source_id, part.source_id) == ("index.html", "index.html#0")
    assert (page.language, page.domain, page.license) == ("html", "web", "MIT")
    for row in (page, part):
        assert isinstance(row.code, str) and "color: green" in row.code and "<link" not in row.code


def test_documentation_examples_are_wrapped_and_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    bootstrap = {"dist/css/bootstrap.css": ".btn {color: green} .none {color: red}"}
    write_npm_package(tmp_path, "bootstrap", "5.2.3", bootstrap)
    text = (
        'Text {{< example class="x" >}}\n<b class="btn">Go</b>\n'
        '{{< placeholder width="40" height="30" text="Box" >}}\n{{< /example >}} more\n'
        "{{< example >}}{{< loop.inline >}}{{ range }}{{< /loop.inline >}}{{< /example >}}"
    )
    folder = tmp_path / "docs"
    (folder / "components").mkdir(parents=True)
    (folder / "components" / "button-group.md").write_text(text)
    monkeypatch.setattr(bootstrap_docs, "debian_path", lambda package, path: folder)
    (page,) = bootstrap_docs.read_component_examples()
    code = make_self_contained(page)
    assert page.source_id == "components/button-group.md#0" and "<title>Button group</title>" in code
    assert "color: green" in code and "color: red" not in code and "{{" not in code
    assert 'width="40" height="30"' in code and ">Box</text>" in code


def test_example_pages_take_title_class_and_style_from_their_front_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    write_npm_package(tmp_path, "bootstrap", "5.2.3", {"dist/css/bootstrap.css": "b {color: green}"})
    write_debian_documentation(tmp_path, "libjs-bootstrap5-doc", "5", {})
    folder = tmp_path / "examples"
    (folder / "blog").mkdir(parents=True)
    front = "---\ntitle: Blog\nextra_css:\n  - blog.css\n  - https://host/x.css\nbody_class: bg\n---\n"
    (folder / "blog" / "index.html").write_text(front + "<b>{{< year >}}x</b>")
    (folder / "blog" / "blog.css").write_text("b {top: 0}")
    (folder / "blog" / "other.html").write_text("no front matter")
    monkeypatch.setattr(bootstrap_docs, "debian_path", lambda package, path: folder)
    (page,) = bootstrap_docs.read_example_pages()
    code = make_self_contained(page)
    assert '<body class="bg">' in code and "<title>Blog</title>" in code and "<b>x</b>" in code
    assert "color: green" in code and "top: 0" in code
