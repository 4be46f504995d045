"""Instructions, fences, quotas and splits."""

from __future__ import annotations

from collections import Counter

import pytest

from vincicoder.compose import Recipe, fenced_answer, instruction_for, load_recipe, over_quota, split_of
from vincicoder.sample import Domain, Language

NAMES = {
    "python": "Python",
    "html": "HTML",
    "svg": "SVG",
    "latex": "LaTeX",
    "graphviz": "Graphviz",
    "mermaid": "Mermaid",
    "vega-lite": "Vega-Lite",
    "asymptote": "Asymptote",
    "lilypond": "LilyPond",
}


def test_every_phrasing_names_its_language_and_has_one_image_tag() -> None:
    for language in Language:
        for domain in Domain:
            seen = {instruction_for(str(number), domain, language, "direct") for number in range(60)}
            assert len(seen) >= 2
            assert all(text.startswith("<image>") and text.count("<image>") == 1 for text in seen)
            assert all(NAMES[language] in text for text in seen)


def test_an_unknown_language_says_where_to_add_a_phrasing() -> None:
    with pytest.raises(KeyError, match=r"add one to instructions.yaml"):
        instruction_for("x", "chart", "cobol", "direct")


def test_fence_outgrows_the_backticks_in_the_code() -> None:
    assert fenced_answer("python", "x = 1\n") == "```python\nx = 1\n```"
    assert fenced_answer("html", "<pre>````</pre>") == "`````html\n<pre>````</pre>\n`````"


def test_quota_takes_the_same_rows_in_any_order() -> None:
    recipe = Recipe(name="small", max_rows_per_domain={"svg": 3})
    rows = [(f"id{number}", "svg" if number % 2 else "chart") for number in range(20)]
    surplus = over_quota(rows, recipe)
    assert surplus == over_quota(reversed(rows), recipe)
    assert len(surplus) == 7
    assert all(int(name[2:]) % 2 for name in surplus)


def test_split_holds_out_the_stated_share() -> None:
    recipe = load_recipe("default")
    counts = Counter(split_of(f"{number:064x}", recipe) for number in range(20_000))
    assert 300 < counts["validation"] < 500
    assert set(counts) == {"train", "validation"}


def test_an_unknown_recipe_names_those_that_ship() -> None:
    with pytest.raises(FileNotFoundError, match=r"'nope'.*default"):
        load_recipe("nope")
