"""R as text: how it is told from other languages, and what its rules take for comments and files."""

from __future__ import annotations

import pytest

from vincicoder.guess_language import guess_language
from vincicoder.render.languages.r import text


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("library(ggplot2)\nggplot(d, aes(x)) + geom_bar()", "r"),
        ("# a comment\nx <- c(1, 2)\nplot(x)", "r"),
        ("barplot(c(a = 1, b = 2))", "r"),
        ("suppressPackageStartupMessages(library(dplyr))\nx <- 3", "r"),
        ("from plotnine import *\nggplot(d, aes('x')) + geom_bar()", "python"),
        ("import matplotlib.pyplot as plt\nx = 3 if y <- 1 else 2\nplt.plot(x)", "python"),
        ("set title 'a'\nplot sin(x) with lines", "gnuplot"),
        ("@startuml\nBob <- Alice : plot(x)\n@enduml", "plantuml"),
        ("graph TD\nA <--> B", "mermaid"),
        ("x <- 3\ny = 4", None),
    ],
)
def test_r_is_recognised_and_nothing_else_is_taken_for_it(code: str, language: str | None) -> None:
    assert guess_language(code) == language


def test_comments_are_none_inside_texts_names_and_operators() -> None:
    code = 'x <- \'#1\' # one\ny <- r"(# ")" # two\n`#` <- "a\\"#" %#% 3 # three'
    seen: list[str] = []
    assert text.map_comments(code, lambda comment: seen.append(comment) or "") == (  # type: ignore[func-returns-value]
        'x <- \'#1\' \ny <- r"(# ")" \n`#` <- "a\\"#" %#% 3 '
    )
    assert seen == ["# one", "# two", "# three"]


def test_the_normal_form_keeps_what_is_drawn() -> None:
    assert (
        text.normal_form("plot(1,  main = 'a  b') # c\n\n\n  lines(2)\n")
        == "plot(1, main = 'a  b')\nlines(2)"
    )
    assert text.normal_form("x <- 'a\n\n b'") == "x <- 'a\n\n b'"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("f(x[[1]], {a})", None),
        ("plot(x\ny <- 2", "line 1: ( is never closed"),
        ("x <- ')' # (\ny %(% r'[(]'", None),
        ("f(]", "line 1: ] closes the ( of line 1"),
    ],
)
def test_brackets_must_pair(code: str, error: str | None) -> None:
    assert text.syntax_error(code) == error


def test_files_that_are_read_are_named() -> None:
    code = "a <- read.csv(\"a.csv\")\nb <- readr::read_tsv(file = 'd/b.tsv')\n# read.csv('c')\nread.csv(path)"
    assert [name.path for name in text.data_names(code)] == ["a.csv", "d/b.tsv"]
