"""Instructions: the language is named, the picture has one place, flawed code cannot break its fence."""

from __future__ import annotations

import re

import pytest

from vincicoder.compose import fenced, has_media_tag, instruction_for
from vincicoder.sample import Domain, Language

NAMES = {
    "python": "Python", "html": "HTML", "svg": "SVG", "latex": "LaTeX", "graphviz": "Graphviz",
    "mermaid": "Mermaid", "vega-lite": "Vega-Lite", "asymptote": "Asymptote", "lilypond": "LilyPond",
}  # fmt: skip
# Words by which a reward may tell a prompt's language.
KEYWORDS = {"svg", "html", "python", "latex", "mermaid", "tikz", "graphviz", "asymptote", "lilypond", "vega"}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("task", ["direct", "refine"])
def test_every_phrasing_names_its_language_alone_and_has_one_image_tag(language: str, task: str) -> None:
    flawed = "a -> b" if task == "refine" else None
    for domain in Domain:
        for error in (None, "line 3: oops") if task == "refine" else (None,):
            texts = {
                instruction_for(str(number), domain, language, task, flawed, error) for number in range(80)
            }
            assert len(texts) >= 3
            for text in texts:
                assert text.startswith("<image>") and text.count("<image>") == 1
                assert NAMES[language] in text
                words = set(re.findall(r"[a-z]+", text.lower())) & KEYWORDS
                assert words <= {re.findall(r"[a-z]+", language)[0]}
                assert (error is None) or (error in text)


def test_a_refinement_instruction_ends_with_the_fenced_flawed_code() -> None:
    text = instruction_for("x", "chart", "python", "refine", "print('```')\n")
    assert text.endswith("\n\n````python\nprint('```')\n````")
    with pytest.raises(ValueError, match="no flawed code"):
        instruction_for("x", "chart", "python", "refine")


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"registered languages are python, html, svg"):
        instruction_for("x", "chart", "cobol", "direct")


def test_an_unknown_domain_is_a_picture() -> None:
    assert "picture" in instruction_for(
        "x", "sheet music", "lilypond", "direct"
    ) or "music" in instruction_for("x", "sheet music", "lilypond", "direct")


def test_fence_outgrows_the_backticks_in_the_code() -> None:
    assert fenced("python", "x = 1\n") == "```python\nx = 1\n```"
    assert fenced("html", "<pre>````</pre>") == "`````html\n<pre>````</pre>\n`````"


def test_media_tags_are_what_trainers_replace() -> None:
    assert has_media_tag("print('<image>')") and has_media_tag("<video>")
    assert not has_media_tag('<image href="a.png"/>')
