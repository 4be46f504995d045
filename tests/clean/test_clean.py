"""Code-side filters: the reason and the place, per language."""

from __future__ import annotations

import pytest

from vincicoder.clean import CleanLimits, check_code
from vincicoder.sample import Reason, Sample

LIMITS = CleanLimits()


def check(language: str, code: str):  # type: ignore[no-untyped-def]
    return check_code(Sample("i", "s", "1", "r", "MIT", "svg", language, "direct", code, "h"), LIMITS)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "import matplotlib.pyplot as plt\nplt.plot([1])\n"),
        ("svg", '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
        (
            "svg",
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>',
        ),
        ("html", "<p>hello world, all fine"),
        ("latex", r"\begin{tikzpicture}\draw (0,0)--(1,1);\end{tikzpicture}"),
        ("latex", "\\begin{center}% \\end{wrong}\nx\\verb|\\begin{y}|\\end{center}"),
        ("latex", "\\begin{verbatim}\n\\begin{open}\n\\end{verbatim}\nplain text"),
        ("latex", "an open \\{ brace, a row \\\\% with } in its comment\nand \\verb|}| too"),
        ("latex", "\\catcode`\\[=1 \\catcode`\\]=2 [a group} in another way]"),
        ("latex", "\\newenvironment{x}{\\begin{center}}{\\end{center}}\\begin{document}x\\end{document}"),
        ("graphviz", "digraph { a -> b -> c }"),
    ],
)
def test_good_code_passes(language: str, code: str) -> None:
    assert check(language, code) is None


@pytest.mark.parametrize(
    ("language", "code", "detail"),
    [
        ("python", "import os\nprint('a'\nx = (((", "line 2"),
        ("python", "# only a comment, nothing to run", "no statement"),
        ("python", "(" * 5000 + ")" * 5000, "too many nested parentheses"),
        ("svg", '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>', "mismatched tag"),
        ("svg", "<drawing><g>not an image</g></drawing>", "root element is <drawing>"),
        ("svg", '<!DOCTYPE s [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><svg>&c;</svg>', "forbidden XML"),
        ("svg", '<!DOCTYPE s [<!ENTITY a SYSTEM "/etc/passwd">]><svg>&a;</svg>', "forbidden XML"),
        ("python", "for i in range(3):\n    pass\nreturn 5", "outside function"),
        ("html", "just words and no markup at all", "no HTML element"),
        ("latex", r"\begin{tikzpicture}\draw (0,0)--(1,1);", "never closed"),
        ("latex", "a {b {c} d\n% a comment with }\ne", "1 { never closed"),
        ("latex", "a {b} and more\nc \\{ d}", "line 2: } without {"),
        ("latex", "a\n\\begin{a}\n\\end{b} and more", "line 3"),
        ("latex", r"text text text text \end{center}", r"without \begin"),
    ],
)
def test_broken_code_is_a_syntax_error_with_its_place(language: str, code: str, detail: str) -> None:
    rejection = check(language, code)
    assert rejection is not None
    assert rejection.reason is Reason.CLEAN_SYNTAX_ERROR
    assert detail in rejection.detail


def test_sizes_are_bounded_both_ways() -> None:
    short, long = check("html", "<p>"), check("html", "<p>" + "x" * LIMITS.max_characters)
    assert short is not None and short.reason is Reason.CLEAN_TOO_SHORT and "3 characters" in short.detail
    assert (
        long is not None
        and long.reason is Reason.CLEAN_TOO_LONG
        and f"{LIMITS.max_characters + 3} characters" in long.detail
    )
    assert check("html", "".join(f"<p>paragraph {n}</p>" for n in range(700))) is None


def test_tokens_are_bounded_and_counted_only_where_characters_do_not_tell() -> None:
    digits = ",".join(str(number) for number in range(3_500))
    assert 10_240 < len(digits) < LIMITS.max_characters
    rejection = check("html", f"<p>{digits}</p>")
    assert rejection is not None and rejection.reason is Reason.CLEAN_TOO_LONG
    # A digit is a token of Qwen's, and so is a comma.
    assert "tokens of qwen; at most 10240" in rejection.detail
    assert int(rejection.detail.split()[0]) == pytest.approx(len(digits), abs=20)
