"""Takes the code out of what corpora and models wrap around it: fences, prose, thoughts, JSON.

Everything is decided line by line or with `str.find`, so the time is linear in the text whatever it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from vincicoder.guess_language import guess_language

_NAMES = {
    "python": "python python3 python2 py py3 ipython ipython3 python-repl matplotlib plotly schemdraw rdkit",
    "html": "html html5 htm xhtml",
    "svg": "svg xml svg+xml image/svg+xml",
    "latex": "latex tex tikz pgf pgfplots circuitikz latexcode",
    "mermaid": "mermaid mmd",
    "graphviz": "graphviz dot gv",
    "vega-lite": "vega-lite vegalite vega vl vega_lite",
    "asymptote": "asymptote asy",
    "lilypond": "lilypond ly",
}
FENCE_NAMES: Mapping[str, str] = MappingProxyType(
    {name: language for language, names in _NAMES.items() for name in names.split()}
)
"""Every name that a fence may carry, lower case, and the `Language` value that it stands for."""

# What wraps code without saying what it is.
_NO_NAME = frozenset({"", "text", "txt", "plaintext", "plain", "code", "json", "output", "markdown", "md"})
# Fields of a JSON object that hold the answer, in the order of preference.
_JSON_FIELDS = ("code", "answer", "solution", "final_code", "output", "content", "response", "text", "value")
_FENCE = re.compile(r"(?P<marks>`{3,}|~{3,})")
# A fence stands at the start of a line, after a list mark or a quote mark at most.
_OPENER = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)\s*\Z"
)
_INLINE_OPENER = re.compile(r"(?P<marks>`{3,}|~{3,})(?P<info>[A-Za-z][\w+/.-]{0,30})[ \t]*\Z")
_INFO_NAME = re.compile(r"[{.\s]*(?P<name>[A-Za-z][\w+/-]*)")
_PYTHON_IMPORT = re.compile(
    r"(?:import [A-Za-z_][\w.]*(?: as \w+)?(?:, *[\w. ]+)*|from [A-Za-z_.][\w.]* import .+)\s*\Z"
)
# Where raw documents begin and end inside prose.
_DOCUMENTS = (
    ("html", ("<!doctype html", "<html"), ("</html>",)),
    ("svg", ("<?xml", "<svg"), ("</svg>",)),
    ("latex", ("\\documentclass",), ("\\end{document}",)),
    ("latex", ("\\begin{tikzpicture}",), ("\\end{tikzpicture}",)),
)


@dataclass(frozen=True, slots=True)
class Extracted:
    """Code without its wrapping. `language` is a `Language` value, or None where nothing tells it."""

    code: str
    language: str | None
    fenced: bool


def canonical_language(name: str) -> str | None:
    """Return the `Language` value that a fence name stands for, whatever its case; None if unknown."""
    return FENCE_NAMES.get(name.strip().lower())


def extract_code(text: str, language: str | None = None) -> Extracted | None:
    """Return the code that a text holds, or None where it holds none.

    Of several fenced blocks those of `language` are looked at (or all of them, where it is None), and the
    last one counts that is at least half as long as the longest: answers often quote pieces first and end
    with the whole, or end with a remark on how to run it. Without a usable fence, the text itself is the
    code where it looks like code, without the prose around it. Thoughts (`<think>`) are never looked at; a
    JSON object or string that holds the answer is opened.
    """
    text = _without_thoughts(_opened(text))
    wanted = canonical_language(language) or language if language else None
    if text.lstrip()[:20].lower().startswith(tuple(start for _, starts, _ in _DOCUMENTS for start in starts)):
        return _raw_code(text, wanted)
    blocks = [block for block in fenced_blocks(text) if block.code.strip()]
    for candidates in _by_preference(blocks, wanted):
        if candidates:
            longest = max(len(block.code) for block in candidates)
            chosen = next(block for block in reversed(candidates) if 2 * len(block.code) >= longest)
            return Extracted(chosen.code, wanted or chosen.language, True)
    return None if blocks else _raw_code(text, wanted)


def _by_preference(blocks: list[Extracted], wanted: str | None) -> Iterator[list[Extracted]]:
    """Yield groups of blocks, best first: of the language, of none, of what looks like the language."""
    if wanted is None:
        yield [block for block in blocks if block.language in _NAMES]
        yield [block for block in blocks if block.language is None]
        yield blocks
    else:
        yield [block for block in blocks if block.language == wanted]
        yield [block for block in blocks if block.language is None]
        yield [block for block in blocks if guess_language(block.code) == wanted]


def fenced_blocks(text: str) -> list[Extracted]:
    """Return the fenced blocks of a text in order, also empty ones and a last one that never closes.

    A fence closes at a line of its own with at least as many of the same marks; a shorter run inside is
    code. Python imports that stand right before the fence belong to its block: some corpora misplace it.
    """
    return list(_blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


def _blocks(lines: list[str]) -> Iterator[Extracted]:
    number = 0
    while number < len(lines):
        opened = _open(lines[number])
        if opened is None:
            number += 1
            continue
        marks, name, first = opened
        body = [first] if first else []
        before = _imports_before(lines, number)
        number += 1
        closed = bool(first) and _ends_block(first, marks)
        if closed:
            body = [_without_end(first, marks)]
        while not closed and number < len(lines):
            line = lines[number]
            number += 1
            if _is_closer(line, marks):
                closed = True
            elif _ends_block(line, marks):
                body.append(_without_end(line, marks))
                closed = True
            else:
                body.append(line)
        yield _block(name, before, body)


def _block(name: str, before: list[str], body: list[str]) -> Extracted:
    code = _unindented(body)
    language = canonical_language(name)
    if (language is None and name.lower() in _NO_NAME) or name.lower() in ("xml", "vega"):
        language = guess_language(code) or language
    if language is None and name.lower() not in _NO_NAME:
        language = name.lower()
    if before and language == "python":
        code = "\n".join([*before, code])
    return Extracted(code, language, True)


def _open(line: str) -> tuple[str, str, str] | None:
    """Return a fence's marks, its name, and code that follows on the same line; None if it opens none."""
    if "```" not in line and "~~~" not in line:
        return None
    found = _OPENER.match(line) if len(line) < 1_000 else None
    if found:
        info = found["info"]
        name = _INFO_NAME.match(info)
        if not info.strip() or name is None:
            return found["marks"], "", ""
        rest = info[name.end() :].strip(" }\t")
        known = canonical_language(name["name"])
        # "```python import x": code on the fence's own line; "```python title=..." is only its info.
        if known and rest and not re.match(r"[\w-]+=|[{.(]|copy\b|linenums\b", rest):
            return found["marks"], name["name"], rest
        return found["marks"], name["name"], ""
    stripped = line.lstrip()
    marks = _FENCE.match(stripped)
    if marks:  # a whole block, or its start, on one line
        rest = stripped[marks.end() :]
        name = _INFO_NAME.match(rest)
        if name and canonical_language(name["name"]):
            return marks["marks"], name["name"], rest[name.end() :].strip() or ""
        return (marks["marks"], "", rest.strip()) if rest.rstrip().endswith(marks["marks"]) else None
    tail = line[-60:]
    inline = _INLINE_OPENER.search(tail)  # "Here is the code: ```python"
    if inline and canonical_language(inline["info"]):
        return inline["marks"], inline["info"], ""
    return None


def _is_closer(line: str, marks: str) -> bool:
    bare = line.strip(" \t>")
    return len(bare) >= len(marks) and bare == marks[0] * len(bare)


def _ends_block(line: str, marks: str) -> bool:
    """Whether a line of code is followed by the closing fence: `plt.show()` and then three marks."""
    bare = line.rstrip()
    if not bare.endswith(marks):
        return False
    run = len(bare) - len(bare.rstrip(marks[0]))
    # Marks that open inside the line close inside it: f"```{code}```".
    return run == len(marks) and bare[:-run].count(marks) % 2 == 0


def _without_end(line: str, marks: str) -> str:
    return line.rstrip()[: -len(marks)].rstrip()


def _imports_before(lines: list[str], number: int) -> list[str]:
    found: list[str] = []
    while number > 0 and _PYTHON_IMPORT.match(lines[number - 1].strip()[:500]):
        number -= 1
        found.insert(0, lines[number].strip())
    return found


def _unindented(body: list[str]) -> str:
    """Join lines without the indentation that all of them share, as in a block inside a list."""
    filled = [line for line in body if line.strip()]
    if filled and all(line[0] in " \t" for line in filled):
        margin = min(len(line) - len(line.lstrip(" \t")) for line in filled)
        prefix = filled[0][:margin]
        if all(line.startswith(prefix) for line in filled):
            body = [line[margin:] if line.strip() else "" for line in body]
    return "\n".join(body).strip("\n")


def _opened(text: str) -> str:
    """Open JSON around the answer, and turn written-out line ends into real ones where none is real."""
    stripped = text.strip()
    if stripped[:1] in ('"', "{", "[") and stripped[-1:] in ('"', "}", "]"):
        try:
            found = _answer_in(json.loads(stripped))
        except (ValueError, RecursionError):
            found = None
        if found is not None:
            return found
    if "\n" not in stripped and "\\n" in stripped and ("```" in stripped or stripped.count("\\n") > 2):
        try:
            return str(json.loads(f'"{_with_escaped_quotes(stripped)}"'))
        except ValueError:
            return stripped.replace("\\n", "\n").replace('\\"', '"').replace("\\t", "\t")
    return text


def _with_escaped_quotes(text: str) -> str:
    return re.sub(r'(\\.)|"', lambda found: found[1] or '\\"', text)


def _answer_in(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(turn, dict) for turn in value):
        return _answer_in(value[-1])  # the last turn of a conversation
    if isinstance(value, dict):
        for field in _JSON_FIELDS:
            if isinstance(value.get(field), str):
                return str(value[field])
    return None


def _without_thoughts(text: str) -> str:
    opened = text.lstrip().lower().startswith("<think>")
    end = text.lower().rfind("</think>") if opened or "<think>" not in text else -1
    if end >= 0:
        return text[end + len("</think>") :]
    return "" if opened else text


def _raw_code(text: str, language: str | None) -> Extracted | None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A closing fence without its opening one.
    text = text.strip()
    for marks in ("```", "~~~"):
        text = text.removeprefix(marks).removesuffix(marks).strip()
    if not text.strip():
        return None
    document = _document_in(text, language)
    if document is not None:
        return document
    guessed = guess_language(text)
    if guessed is not None and guessed != "python" and language in (None, guessed):
        return Extracted(text.strip("\n"), guessed, False)
    if language in (None, "python"):
        return _raw_python(text)
    return None


def _document_in(text: str, language: str | None) -> Extracted | None:
    """Return the first whole document inside the text, from its first mark to its last one."""
    lowered = text.lower() if len(text.lower()) == len(text) else text
    found: list[tuple[int, int, str]] = []
    for kind, starts, ends in _DOCUMENTS:
        if language not in (None, kind):
            continue
        places = [place for start in starts if (place := lowered.find(start)) >= 0]
        stops = [place + len(end) for end in ends if (place := lowered.rfind(end)) >= 0]
        if places and stops and min(places) < max(stops):
            found.append((min(places), max(stops), kind))
    if not found:
        return None
    start, stop, kind = min(found, key=lambda place: (place[0], -place[1]))
    if guess_language(text) == "python" and language is None and text[:start].strip():
        return None  # a program that writes a document
    return Extracted(text[start:stop], guess_language(text[start:stop]) or kind, False)


def _raw_python(text: str) -> Extracted | None:
    """Return a program that starts at the first line that only Python has, without prose at either end."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if _PYTHON_IMPORT.match(line[:500])), None)
    if first is None:
        if guess_language(text) != "python":
            return None
        first = 0
    while first > 0 and re.match(r"#|\"\"\"|'''|\s*\Z", lines[first - 1]):
        first -= 1
    last = len(lines)
    while last > first and _is_prose(lines[last - 1]):
        last -= 1
    return Extracted("\n".join(lines[first:last]).strip("\n"), "python", False)


def _is_prose(line: str) -> bool:
    bare = line.strip()
    return not bare or (
        line[:1].isupper() and " " in bare and bare[-1] in ".!?:" and not re.search(r"[=(\[{]", bare)
    )
