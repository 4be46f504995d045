"""Code out of its wrapping: what corpora and models really write around it."""

from __future__ import annotations

import html
import json

import pytest

from vincicoder.extract import Extracted, extract_code, fenced_blocks
from vincicoder.guess_language import guess_language
from vincicoder.render.registry import LANGUAGE_OF_FENCE

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
PAGE = "<!DOCTYPE html>\n<html><body><p>Hi</p></body></html>"
ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
TIKZ = "\\begin{tikzpicture}\n\\draw (0,0) -- (1,1);\n\\end{tikzpicture}"
PAPER = f"\\documentclass{{standalone}}\n\\usepackage{{tikz}}\n\\begin{{document}}\n{TIKZ}\n\\end{{document}}"


def fence(name: str, code: str, marks: str = "```") -> str:
    return f"{marks}{name}\n{code}\n{marks}"


NOTED = 'import x\nnote = """\n```\nraw data\n```\n"""\nx.plot(note)'
QUOTING = 'import x\nnote = """\n```python\nprint(1)\n```\n````\n"""\nx.plot(note)'
LISTING = "<!DOCTYPE html>\n<html><body><pre>\n```\nnpm i\n```\n</pre></body></html>"
VERBATIM = "\\documentclass{article}\n\\begin{document}\n```\ncode\n```\n\\end{document}"
LESS = "import x\nif 3 < 4:\n    x.plot('a')"


def wrapped(tag: str, text: str) -> str:
    return f"<{tag}>\n{text}\n</{tag}>"


SPLIT = PLOT.replace("import matplotlib.pyplot as plt\n", "")

# name: (text, language asked for, expected code, expected language, fenced)
CASES: dict[str, tuple[str, str | None, str, str | None, bool]] = {
    "plain fence": (fence("python", PLOT), None, PLOT, "python", True),
    "prose around": (f"Sure! Here it is:\n\n{fence('python', PLOT)}\n\nRun it.", None, PLOT, "python", True),
    "upper case": (fence("HTML", PAGE), "html", PAGE, "html", True),
    "tikz is latex": (fence("tikz", TIKZ), "latex", TIKZ, "latex", True),
    "TeX is latex": (fence("TeX", TIKZ), None, TIKZ, "latex", True),
    "python3": (fence("python3", PLOT), "python", PLOT, "python", True),
    "Py": (fence("Py", PLOT), "python", PLOT, "python", True),
    "xml is svg where it is": (fence("xml", ICON), "svg", ICON, "svg", True),
    "xml is html where it is": (fence("xml", PAGE), None, PAGE, "html", True),
    "dot": (fence("dot", "digraph { a -> b }"), None, "digraph { a -> b }", "graphviz", True),
    "asy": (fence("asy", "draw((0,0)--(1,1));"), None, "draw((0,0)--(1,1));", "asymptote", True),
    "tildes": (fence("python", PLOT, "~~~"), None, PLOT, "python", True),
    "four marks": (fence("python", PLOT, "````"), None, PLOT, "python", True),
    "space before the name": (f"``` python\n{PLOT}\n```", None, PLOT, "python", True),
    "attributes": (f"```{{.python .numberLines}}\n{PLOT}\n```", None, PLOT, "python", True),
    "title in the info": (f'```python title="chart.py"\n{PLOT}\n```', None, PLOT, "python", True),
    "CRLF": (fence("python", PLOT).replace("\n", "\r\n"), None, PLOT, "python", True),
    "lone CR": (fence("python", PLOT).replace("\n", "\r"), None, PLOT, "python", True),
    "no name": (fence("", PLOT), None, PLOT, "python", True),
    "no name, language asked": (fence("", "x = 1"), "python", "x = 1", "python", True),
    "text is no name": (fence("text", PLOT), None, PLOT, "python", True),
    "json fence of vega-lite": (
        fence("json", '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}'),
        None,
        '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}',
        "vega-lite",
        True,
    ),
    "never closed": (f"```python\n{PLOT}", None, PLOT, "python", True),
    "never closed, after prose": (f"Here:\n```html\n{PAGE}\n", None, PAGE, "html", True),
    "closed on the code's line": (f"```python\n{PLOT}```", None, PLOT, "python", True),
    "opened at the end of a sentence": (f"The code is: ```python\n{PLOT}\n```", None, PLOT, "python", True),
    "code on the fence's line": (f"```python {PLOT}\n```", None, PLOT, "python", True),
    "all on one line": ("```python plt.plot([1])```", None, "plt.plot([1])", "python", True),
    "in a list": (
        "1. Draw:\n   ```python\n   for i in x:\n       plot(i)\n   ```\n",
        None,
        "for i in x:\n    plot(i)",
        "python",
        True,
    ),
    "in a list item": ("- ```python\n  plot(1)\n  ```", None, "plot(1)", "python", True),
    "fence after the first import": (
        f"import matplotlib.pyplot as plt\n```python\n{SPLIT}\n```",
        None,
        PLOT,
        "python",
        True,
    ),
    "fence before the first import, none at the end": (f"```python\n{PLOT}\n\n", None, PLOT, "python", True),
    "only a closing fence": (f"{PLOT}\n```", None, PLOT, "python", False),
    "only a closing fence, svg": (f"{ICON}\n```", "svg", ICON, "svg", False),
    "shorter marks inside": (
        fence("html", "<pre>\n```\ncode\n```\n</pre>", "````"),
        None,
        "<pre>\n```\ncode\n```\n</pre>",
        "html",
        True,
    ),
    "tildes inside backticks": (
        fence("python", 's = """\n~~~\n"""'),
        None,
        's = """\n~~~\n"""',
        "python",
        True,
    ),
    "pairs of marks inside a line": (
        fence("python", 's = "```x```"\nplot(s)'),
        None,
        's = "```x```"\nplot(s)',
        "python",
        True,
    ),
    "pieces, then all": (
        f"1:\n{fence('python', 'x = [1]')}\n2:\n{fence('python', 'y = 2')}\n{fence('python', PLOT)}",
        None,
        PLOT,
        "python",
        True,
    ),
    "the whole first, a remark last": (
        f"{fence('python', PLOT)}\nInstall:\n{fence('bash', 'pip install matplotlib')}",
        None,
        PLOT,
        "python",
        True,
    ),
    "a short last piece": (
        f"{fence('python', PLOT)}\n{fence('python', 'plt.show()')}",
        None,
        PLOT,
        "python",
        True,
    ),
    "of two answers the last": (
        f"{fence('python', PLOT)}\nMended:\n{fence('python', PLOT.replace('[1, 2]', '[2, 1]'))}",
        None,
        PLOT.replace("[1, 2]", "[2, 1]"),
        "python",
        True,
    ),
    "the language asked for": (f"{fence('html', PAGE)}\n{fence('svg', ICON)}", "html", PAGE, "html", True),
    "an empty last block": (f"{fence('python', PLOT)}\n```python\n```", None, PLOT, "python", True),
    "svg under the name html": (fence("html", ICON), "svg", ICON, "svg", True),
    "thoughts with code": (
        f"<think>Perhaps\n{fence('python', PLOT + ' # no')}\n</think>\n{fence('python', PLOT)}",
        None,
        PLOT,
        "python",
        True,
    ),
    "thoughts that were opened before": (
        f"so it is\n</think>\n{fence('svg', ICON)}",
        None,
        ICON,
        "svg",
        True,
    ),
    "JSON object": (json.dumps({"code": fence("python", PLOT)}), None, PLOT, "python", True),
    "JSON object of raw code": (json.dumps({"language": "x", "answer": ICON}), None, ICON, "svg", False),
    "JSON string": (json.dumps(fence("latex", PAPER)), None, PAPER, "latex", True),
    "JSON of turns": (
        json.dumps([{"role": "user", "content": "?"}, {"role": "assistant", "content": PLOT}]),
        None,
        PLOT,
        "python",
        False,
    ),
    "written-out line ends": (fence("python", PLOT).replace("\n", "\\n"), None, PLOT, "python", True),
    "raw program": (PLOT, None, PLOT, "python", False),
    "raw program, comment first": (f"# A chart\n{PLOT}", "python", f"# A chart\n{PLOT}", "python", False),
    "raw program in prose": (
        f"The chart can be drawn so:\n\n{PLOT}\n\nThis draws a line.",
        "python",
        PLOT,
        "python",
        False,
    ),
    "raw page": (PAGE, "html", PAGE, "html", False),
    "raw page in prose": (f"Here is the page: {PAGE} I hope it helps.", "html", PAGE, "html", False),
    "raw svg": (ICON, None, ICON, "svg", False),
    "raw svg with its declaration": (
        f'<?xml version="1.0"?>\n{ICON}',
        None,
        f'<?xml version="1.0"?>\n{ICON}',
        "svg",
        False,
    ),
    "raw tikz": (TIKZ, "latex", TIKZ, "latex", False),
    "raw paper in prose": (f"Compile this.\n{PAPER}\nDone.", None, PAPER, "latex", False),
    "raw mermaid": ("graph TD\n  A-->B", None, "graph TD\n  A-->B", "mermaid", False),
    "raw page that shows a fence": (
        PAGE.replace("Hi", "\n```python\nx\n```\n"),
        "html",
        PAGE.replace("Hi", "\n```python\nx\n```\n"),
        "html",
        False,
    ),
    "a fence in a string": (fence("python", NOTED), "python", NOTED, "python", True),
    "a fence in a string, tildes": (
        fence("PYTHON", NOTED.replace("```", "~~~"), "~~~"),
        "python",
        NOTED.replace("```", "~~~"),
        "python",
        True,
    ),
    "a named and a longer fence in a string": (fence("", QUOTING), "python", QUOTING, "python", True),
    "a fence in a string, never closed": (f"```python\n{NOTED}", "python", NOTED, "python", True),
    "a fence in a string, no fence around": (NOTED, "python", NOTED, "python", False),
    "a fence in a string, CRLF": (fence("python", NOTED).replace("\n", "\r\n"), None, NOTED, "python", True),
    "a fence in a page": (fence("html", LISTING), "html", LISTING, "html", True),
    "a fence in a document": (fence("latex", VERBATIM), "latex", VERBATIM, "latex", True),
    "a fence in a fence": (fence("", fence("python", PLOT)), "python", PLOT, "python", True),
    "a fence in a quotation": (
        "> " + fence("python", LESS).replace("\n", "\n> "),
        None,
        LESS,
        "python",
        True,
    ),
    "answer tag": (wrapped("answer", PLOT), "python", PLOT, "python", False),
    "answer tag around a fence": (wrapped("answer", fence("python", NOTED)), None, NOTED, "python", True),
    "answer tag after prose": (f"So:\n{wrapped('ANSWER', ICON)}\nDone.", "svg", ICON, "svg", False),
    "answer tag cut off": (f"<answer>\n{fence('html', PAGE)}", "html", PAGE, "html", True),
    "answer tag closed only": (f"{PLOT}\n</answer>", "python", PLOT, "python", False),
    "two answers": (
        f"{wrapped('answer', SPLIT)}\nNo.\n{wrapped('answer', PLOT)}",
        None,
        PLOT,
        "python",
        False,
    ),
    "code tag": (f"The code:\n{wrapped('code', PLOT)}\nBye", "python", PLOT, "python", False),
    "code tag, escaped": (f"<pre><code>{html.escape(LESS)}</code></pre>", "python", LESS, "python", False),
    "code tag in a page stays": (
        PAGE.replace("Hi", "<code>\nx\n</code>"),
        "html",
        PAGE.replace("Hi", "<code>\nx\n</code>"),
        "html",
        False,
    ),
    "bracket tag": (f"[CODE]\n{PLOT}\n[/CODE]", "python", PLOT, "python", False),
    "end of turn after the fence": (fence("python", PLOT) + "<|im_end|>", "python", PLOT, "python", True),
    "end of turn after code": (f"{PLOT}<|im_end|>\n<|endoftext|>\n", "python", PLOT, "python", False),
    "end of turn in a cut fence": (f"```svg\n{ICON}</s>", "svg", ICON, "svg", True),
    "another turn": (
        f"<|im_start|>assistant\n{fence('svg', ICON)}<|im_end|>\n<|im_start|>user\n{fence('svg', '<svg/>')}",
        "svg",
        ICON,
        "svg",
        True,
    ),
    "thoughts after words": (
        f"Let me see.\n<think>{fence('python', PLOT + '# no')}</think>\n{fence('python', PLOT)}",
        None,
        PLOT,
        "python",
        True,
    ),
    "thoughts that quote their tag": (
        f"<think>\nI say </think> and {fence('python', LESS)}\n</think>\n{fence('python', PLOT)}",
        None,
        PLOT,
        "python",
        True,
    ),
    "escaped in a fence": (fence("python", html.escape(LESS)), "python", LESS, "python", True),
    "escaped page": (html.escape(LISTING), "html", LISTING, "html", False),
    "JSON in a fence": (fence("json", json.dumps({"code": PLOT})), "python", PLOT, "python", True),
    "JSON in JSON": (json.dumps({"answer": {"code": PLOT.split("\n")}}), "python", PLOT, "python", False),
    "indented after a heading": (
        "Answer:\n\n    " + LESS.replace("\n", "\n    "),
        "python",
        LESS,
        "python",
        False,
    ),
    "unknown name": (fence("cobol", "STOP RUN."), None, "STOP RUN.", "cobol", True),
}


@pytest.mark.parametrize("name", CASES)
def test_code_comes_out_of_its_wrapping(name: str) -> None:
    text, asked, code, language, fenced = CASES[name]
    assert extract_code(text, asked) == Extracted(code, language, fenced)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", None),
        ("   \n", None),
        ("The chart shows three bars.", None),
        ("The chart shows three bars.", "python"),
        ("```python\n```", None),
        (f"<think>{fence('python', PLOT)}", None),
        (fence("python", PLOT), "svg"),
        (fence("bash", "ls"), "python"),
        ("(A) 3\n(B) 4", "html"),
        ("```", None),
    ],
)
def test_what_holds_no_code_gives_none(text: str, asked: str | None) -> None:
    assert extract_code(text, asked) is None


def test_blocks_come_in_order_with_their_languages() -> None:
    text = f"a\n{fence('Python', 'x')}\nb\n{fence('css', 'p {}')}\n```\n```\n~~~svg\n{ICON}"
    assert fenced_blocks(text) == [
        Extracted("x", "python", True),
        Extracted("p {}", "css", True),
        Extracted("", None, True),
        Extracted(ICON, "svg", True),
    ]


def test_every_fence_name_is_lower_case_and_names_a_language() -> None:
    assert all(name == name.lower() for name in LANGUAGE_OF_FENCE)
    assert {"python", "html", "svg", "latex", "mermaid", "graphviz"} <= set(LANGUAGE_OF_FENCE.values())
    assert all(LANGUAGE_OF_FENCE[language] == language for language in set(LANGUAGE_OF_FENCE.values()))


@pytest.mark.parametrize(
    "text",
    [
        "```" * 300_000,
        "```python\n" * 100_000,
        "`" * 1_000_000,
        "<svg" * 250_000,
        "<!--" * 250_000,
        "{" * 500_000,
        '{"a":' * 200_000,
        "import a\n" * 100_000 + "```python\nx",
        "\\begin{" * 150_000,
        "# \n" * 300_000,
        "digraph " * 100_000,
        "<?xml " * 100_000,
        "\\n" * 400_000,
        "\\" * 1_000_001 + "\\n```",
        " " * 1_000_000,
        "```a " + "x" * 1_000_000,
    ],
)
def test_hostile_texts_end(text: str) -> None:
    """Work in the square of the length would take hours here."""
    found = extract_code(text)
    assert found is None or len(found.code) <= len(text)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (PLOT, "python"),
        ("# a comment\n\ndef generate_plot(df):\n    return 1", "python"),
        (PAGE, "html"),
        ("<div class='a'><p>x</p></div>", "html"),
        (ICON, "svg"),
        (f"<!-- made by hand -->\n{ICON}", "svg"),
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C" "x">\n{ICON}',
            "svg",
        ),
        (f'<!DOCTYPE svg PUBLIC "x"\n[\n<!ENTITY a "b>">\n]>\n<!-- c -->\n{ICON}', "svg"),
        (PAPER, "latex"),
        ('import re\nTEXT = r"\\documentclass{article}"\nprint(TEXT)', "python"),
        (TIKZ, "latex"),
        ("% a comment\n\\documentclass{article}", "latex"),
        ("digraph G {\n a -> b\n}", "graphviz"),
        ('strict graph "my graph" { a -- b }', "graphviz"),
        ("// Graph\ndigraph{a}", "graphviz"),
        ("graph { a -- b }", "graphviz"),
        ("graph LR\n a --> b", "mermaid"),
        ("%%{init: {'theme': 'dark'}}%%\nsequenceDiagram\n A->>B: hi", "mermaid"),
        ('---\ntitle: T\n---\npie\n "a": 3', "mermaid"),
        ("\npacket\n0-15: a", "mermaid"),
        ('%% c\ntreemap-beta\n"A": 1', "mermaid"),
        ("ishikawa-beta\n  Blur\n    Hands", "mermaid"),
        ("eventmodeling\n\ntf 01 ui A", "mermaid"),
        ("block = 3\nimport this", "python"),
        ("alpha-beta pruning", None),
        ("packet loss is 3%", None),
        ('{"mark": "bar", "encoding": {}}', "vega-lite"),
        ('{"a": 1}', None),
        ('\\version "2.24.0"\n{ c d e }', "lilypond"),
        ("\\new Staff \\relative c' { c4 d }", "lilypond"),
        ("import graph;\nsize(200);\ndraw((0,0)--(1,1));", "asymptote"),
        ("unitsize(1cm);\npair A = (0,0);\ndraw(A--(1,1));", "asymptote"),
        ("size(5cm);\nfill(circle((0,0),1), red);", "asymptote"),
        ("CC(=O)Oc1ccccc1C(=O)O", "smiles"),
        ("The answer is 3.", None),
        ("", None),
    ],
)
def test_a_language_is_told_from_the_code(code: str, language: str | None) -> None:
    assert guess_language(code) == language
