"""Pictures that style sheets fetch become grey, in every spelling; the rest of the style stays."""

from __future__ import annotations

from collections import Counter

import pytest

from vincicoder.clean.css_pictures import GREY, grey_pictures
from vincicoder.clean.filter import Changed
from vincicoder.clean.html_resources import html_resources, is_external


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a{background:url('img/card.png') no-repeat}", f".a{{background:{GREY} no-repeat}}"),
        (".a{background:#fff URL( sea.jpg ) center/cover}", f".a{{background:#fff {GREY} center/cover}}"),
        ("background-image:url(&quot;a.jpg&quot;);color:red", f"background-image:{GREY};color:red"),
        (
            "a{background-image:linear-gradient(red,blue),url(a.png),url(b.png)}",
            f"a{{background-image:linear-gradient(red,blue),{GREY},{GREY}}}",
        ),
        (
            'a{background-image:image-set("a.png" type("image/png") 1x,"b.png" 2x)}',
            f"a{{background-image:{GREY}}}",
        ),
        ("a{background:-webkit-image-set(url(a.png) 1x) 0 0}", f"a{{background:{GREY} 0 0}}"),
        (
            ":root{--hero:url(/x.webp)}b{background:var(--hero)}",
            f":root{{--hero:{GREY}}}b{{background:var(--hero)}}",
        ),
        ("ul{list-style:url(dot.gif) inside}", f"ul{{list-style:{GREY} inside}}"),
        ("a{border-image:url(frame.png) 30 round}", f"a{{border-image:{GREY} 30 round}}"),
        ("a{cursor:url(hand.cur),auto;background:url(x.png)}", f"a{{cursor:none,auto;background:{GREY}}}"),
        ("a{mask-image:url(m.svg)}", "a{mask-image:none}"),
        (
            "a:hover{/* it's; url(old.png) */background:url(x.png)}",
            f"a:hover{{/* it's; url(old.png) */background:{GREY}}}",
        ),
    ],
)
def test_addresses_become_grey(css: str, expected: str) -> None:
    done: Counter[str] = Counter()
    assert grey_pictures(css, is_external, done) == expected
    assert sum(done.values()) > 0


@pytest.mark.parametrize(
    "css",
    [
        "a{background:url(data:image/png;base64,AAAA) no-repeat;color:url}",
        'a{background:url("data:image/svg+xml;utf8,<svg/>")}',
        "a{fill:url(#gradient)}",
        "a{content:'url(x.png)'}",
        'a{background:image-set(url("data:image/png;base64,AA") 1x)}',
        "a{color:red}",
    ],
)
def test_what_the_page_brings_stays(css: str) -> None:
    done: Counter[str] = Counter()
    assert grey_pictures(css, is_external, done) == css
    assert not done


def test_content_of_its_own_becomes_a_small_box() -> None:
    css = grey_pictures("a::before{content:url(icon.svg)}", is_external, Counter())
    assert css.startswith("a::before{content:url(data:image/svg+xml,") and "width=%2724%27" in css


def test_attributes_of_a_page_are_looked_at() -> None:
    verdict = html_resources(
        "<body background='wall.jpg'><div style=\"background:url('a.jpg')\"></div>"
        '<div style=background:url(b.jpg)></div><p style="background: url(&quot;c.jpg&quot;) fixed">x</p>'
    )
    assert isinstance(verdict, Changed)
    assert verdict.note == "external_resources: 4 background pictures made grey"
    assert verdict.code.count(GREY) == 3 and "background='data:image/svg+xml," in verdict.code
    assert "jpg" not in verdict.code
