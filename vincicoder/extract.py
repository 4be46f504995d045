"""Takes the code out of what corpora and models wrap around it: fences and prose (see also `wrapping.py`).

Everything is decided line by line or with `str.find`, so the time is linear in the text whatever it holds.
"""

from __future__ import annotations

import html
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from vincicoder import syntax_tree
from vincicoder.guess_language import guess_language
from vincicoder.render.registry import LANGUAGE_OF_FENCE, LANGUAGES, ROW_LANGUAGES
from vincicoder.wrapping import answer_in_json, unescaped, unwrapped

# What wraps code without saying what it is.
_NO_NAME = frozenset({"", "text", "txt", "plaintext", "plain", "code", "json", "output", "markdown", "md"})
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
_DOCUMENTS = [
    (name, marks.starts, marks.ends) for name in ROW_LANGUAGES for marks in LANGUAGES[name].documents
]
_DOUBTFUL_FENCES = frozenset(name for spec in LANGUAGES.values() for name in spec.doubtful_fences)


@dataclass(frozen=True, slots=True)
class Extracted:
    """Code without its wrapping. `language` is the name of a language, or None where nothing names it."""

    code: str
    language: str | None
    fenced: bool


def canonical_language(name: str) -> str | None:
    """Return the language that a fence name stands for, whatever its case; None if unknown."""
    return LANGUAGE_OF_FENCE.get(name.strip().lower())


def extract_code(text: str, language: str | None = None) -> Extracted | None:
    """Return the code that a text holds, or None where it holds none.

    Of several fenced blocks those of `language` are looked at (or all of them, where it is None), and the
    last one counts that is at least half as long as the longest: answers often quote pieces first and end
    with the whole, or end with a remark on how to run it. Without a usable fence, the text itself is the
    code where it looks like code, without the prose around it. What `unwrapped` takes off is never looked
    at: thoughts, turn marks, tags, JSON.
    """
    text = unwrapped(text)
    if text.lstrip().startswith("&lt;"):
        text = html.unescape(text)
    wanted = canonical_language(language) or language if language else None
    if text.lstrip()[:20].lower().startswith(tuple(start for _, starts, _ in _DOCUMENTS for start in starts)):
        return _raw_code(text, wanted)
    if ("```" in text or "~~~" in text) and guess_language(text) == "python" and _is_whole(text, "python"):
        return _raw_code(text, wanted)  # a program that has a fence in a string
    blocks = [block for block in fenced_blocks(text) if block.code.strip()]
    chosen = _chosen(blocks, wanted)
    if chosen is None:
        return None if blocks else _raw_code(unescaped(text, wanted), wanted)
    in_language = wanted or chosen.language
    inner = _inside(chosen)
    if inner is not None:
        within = _chosen([block for block in fenced_blocks(inner) if block.code.strip()], wanted)
        found = within or _raw_code(inner, wanted)
        if found is not None:
            return Extracted(found.code, wanted or found.language, True)
    return Extracted(unescaped(chosen.code, in_language), in_language, True)


def _chosen(blocks: list[Extracted], wanted: str | None) -> Extracted | None:
    for candidates in _by_preference(blocks, wanted):
        if candidates:
            longest = max(len(block.code) for block in candidates)
            return next(block for block in reversed(candidates) if 2 * len(block.code) >= longest)
    return None


def _inside(block: Extracted) -> str | None:
    """Return what a block holds that is no code itself: another fence, or JSON with the answer."""
    if block.language in ("json", None) and (answer := answer_in_json(block.code)) is not None:
        return answer
    return block.code if _FENCE.match(block.code.lstrip()) else None


def _by_preference(blocks: list[Extracted], wanted: str | None) -> Iterator[list[Extracted]]:
    """Yield groups of blocks, best first: of the language, of none, of what looks like the language."""
    if wanted is None:
        yield [block for block in blocks if block.language in ROW_LANGUAGES]
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
    return list(_blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), _Patience()))


def _blocks(lines: list[str], patience: _Patience) -> Iterator[Extracted]:
    number = 0
    while number < len(lines):
        opened = _open(lines[number])
        if opened is None:
            number += 1
            continue
        marks, name, first = opened
        quoted = lines[number].lstrip().startswith(">")
        before = _imports_before(lines, number)
        number += 1
        if first and _ends_block(first, marks):
            body = [_without_end(first, marks)]
        else:
            body, number = _body(lines, number, marks, name, [first] if first else [], patience)
        if quoted:
            body = [re.sub(r"\A[ \t]*> ?", "", line) for line in body]
        yield _block(name, before, body)


@dataclass(slots=True)
class _Patience:
    """How often it may still be tried whether code is whole: bounds the time for hostile texts."""

    tries: int = 24


def _body(
    lines: list[str], start: int, marks: str, name: str, first: list[str], patience: _Patience
) -> tuple[list[str], int]:
    """Return a block's lines and the number of the line after it.

    It ends at its first closing fence at which the code is complete, as far as that can be decided: a fence
    inside a string, a `<pre>` or a `verbatim` is code. Where it is complete at none, the first one counts.
    """
    earliest: tuple[list[str], int] | None = None
    body = list(first)
    for number in range(start, len(lines)):
        line = lines[number]
        closes = _is_closer(line, marks)
        if closes or _ends_block(line, marks):
            ended = body if closes else [*body, _without_end(line, marks)]
            if earliest is None:
                earliest = (ended.copy(), number + 1)
            patience.tries -= 1
            if patience.tries < 0:
                return earliest
            if _is_whole("\n".join(ended), name):
                return ended, number + 1
        body.append(line)
    if earliest is None or _is_whole("\n".join(body), name):  # never closed
        return body, len(lines)
    return earliest


def _is_whole(code: str, name: str) -> bool:
    """Return whether code seems complete, as far as its language shows it."""
    language = canonical_language(name) or guess_language(code)
    code = unescaped(code, language)
    if language == "python":
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                syntax_tree.parse(textwrap.dedent(code))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return True
    lowered = code.lower()
    for kind, starts, ends in _DOCUMENTS:
        if kind == language and any(start in lowered[:2_000] for start in starts):
            return any(end in lowered for end in ends)
    return True


def _block(name: str, before: list[str], body: list[str]) -> Extracted:
    code = _unindented(body)
    language = canonical_language(name)
    if (language is None and name.lower() in _NO_NAME) or name.lower() in _DOUBTFUL_FENCES:
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
    first = number
    while first > 0 and _PYTHON_IMPORT.match(lines[first - 1].strip()[:500]):
        first -= 1
    return [line.strip() for line in lines[first:number]]


def _unindented(body: list[str]) -> str:
    """Join lines without the indentation that all of them share, as in a block inside a list."""
    filled = [line for line in body if line.strip()]
    if filled and all(line[0] in " \t" for line in filled):
        margin = min(len(line) - len(line.lstrip(" \t")) for line in filled)
        prefix = filled[0][:margin]
        if all(line.startswith(prefix) for line in filled):
            body = [line[margin:] if line.strip() else "" for line in body]
    return "\n".join(body).strip("\n")


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
    if not any(_PYTHON_IMPORT.match(line[:500]) for line in lines):
        lines = _shifted_left(lines)
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


def _shifted_left(lines: list[str]) -> list[str]:
    """Take the indentation of the first import from the lines after it: an indented block of Markdown."""
    for number, line in enumerate(lines):
        if _PYTHON_IMPORT.match(line[:500].lstrip()):
            margin = line[: len(line) - len(line.lstrip())]
            return [*lines[:number], *(later.removeprefix(margin) for later in lines[number:])]
    return lines


def _is_prose(line: str) -> bool:
    bare = line.strip()
    return not bare or (
        line[:1].isupper() and " " in bare and bare[-1] in ".!?:" and not re.search(r"[=(\[{]", bare)
    )
