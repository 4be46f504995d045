"""Takes off what stands around an answer: thoughts, a model's turn marks, tags, JSON, escapes.

What is inside of a fence is left to `extract.py`. Everything is linear in the text.
"""

from __future__ import annotations

import html
import json
import re
import warnings

from vincicoder import syntax_tree

# Marks that chat templates put between turns; they are no part of what a model says.
_MARK = (
    r"<[|｜](?:im_start|im_end|im_sep|endoftext|end_of_text|begin_of_text|begin▁of▁sentence|end▁of▁sentence|"
    r"eot_id|eom_id|start_header_id|end_header_id|start|end|message|channel|return|assistant|user|system|"
    r"eos|bos|pad)[|｜]>|</?s>|<(?:start|end)_of_turn>|<eos>|<bos>|\[/?INST\]"
)
_MARKS_AT_START = re.compile(rf"\A(?:\s*(?:{_MARK})(?:(?:assistant|model)\b[ \t]*\n)?)+")
_MARKS_AT_LINE_END = re.compile(rf"(?:[ \t]*(?:{_MARK}))+[ \t]*$", re.MULTILINE)
_NEXT_TURN = re.compile(r"<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>")
_THOUGHT = re.compile(
    r"^[ \t]*<(think|thinking|thought|thoughts|reasoning|scratchpad|reflection)>", re.I | re.M
)
# Tags that some prompts ask an answer to stand in. HTML has some of these names too.
_ELEMENTS = frozenset({"pre", "code", "output"})
_TAG_NAMES = (
    "answer|final_answer|finalanswer|final|solution|response|result|code_block|codeblock|source_code|source|"
    "python|python_code|html_code|svg_code|latex_code|latex|tikz|mermaid|graphviz|program|artifact|execute|"
    "file|tool_call|completion|assistant|" + "|".join(sorted(_ELEMENTS))
)
_OPENING = re.compile(rf"<(?P<name>{_TAG_NAMES})(?:\s[^<>\n]{{0,200}})?>", re.I)
_CLOSING_AT_END = re.compile(rf"</(?P<name>{_TAG_NAMES})>\s*\Z", re.I)
_BRACKETED = re.compile(r"\A\s*\[(?P<name>CODE|PYTHON|ANSWER|SOLUTION|HTML|SVG|LATEX)\]", re.I)
_BOXED = re.compile(r"\A\s*\\boxed\{(?=[\s`<])")
_MOST_LAYERS = 6
_MOST_TAGS = 32
# Fields of a JSON object that hold the answer, in the order of preference.
_JSON_FIELDS = (
    "code", "answer", "solution", "final_code", "final_answer", "source", "program", "script", "python",
    "html", "svg", "latex", "output", "content", "response", "result", "text", "value", "arguments", "input",
)  # fmt: skip
_SPECIFICATION = frozenset({"$schema", "mark", "layer"})  # Vega-Lite: itself the answer
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d{1,5}|#x[0-9a-f]{1,4});", re.I)


def unwrapped(text: str) -> str:
    """Return an answer without its thoughts, turn marks, tags and JSON; the text where it has none."""
    text = text.removeprefix("\ufeff")
    for _ in range(_MOST_LAYERS):
        before = text
        text = _without_tags(_opened(_without_marks(_without_thoughts(text))))
        if text == before:
            break
    return text


def unescaped(code: str, language: str | None) -> str:
    """Return code that was escaped for HTML (`&lt;svg`, `a &lt; b`) as it was before.

    Code that is right as it stands keeps its entities: markup that has tags, programs that are valid.
    """
    if not _ENTITY.search(code):
        return code
    plain = html.unescape(code)
    if language in ("html", "svg"):
        return plain if "<" not in code and "<" in plain else code
    if language == "python":
        return code if _is_python(code) or not _is_python(plain) else plain
    return plain if re.search(r"&(?:lt|gt|quot|amp|#39);", code) and language is not None else code


def _is_python(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            syntax_tree.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _without_marks(text: str) -> str:
    if "<" not in text and "[" not in text:
        return text
    started = _MARKS_AT_START.sub("", text)
    following = _NEXT_TURN.search(started)
    if following is not None and started[: following.start()].strip():
        started = started[: following.start()]  # the next turn is another's
    return _MARKS_AT_LINE_END.sub("", started)


def _without_thoughts(text: str) -> str:
    """Leave out thoughts; one that never ends takes all that follows, one that began in the prompt what is
    before its end."""
    lowered = text.lower()
    ended = lowered.find("</think>")
    if ended >= 0 and "<think>" not in lowered[:ended]:
        text = text[ended + len("</think>") :]
    lowered = text.lower()
    kept, position = [], 0
    while (found := _THOUGHT.search(text, position)) is not None:
        closing = f"</{found[1].lower()}>"
        following = _THOUGHT.search(text, found.end())
        # Thoughts may quote their own tag: the last end before the next thought counts.
        end = lowered.rfind(closing, found.end(), following.start() if following else len(text))
        if end < 0:
            end = lowered.find(closing, found.end())
        kept.append(text[position : found.start()])
        position = len(text) if end < 0 else end + len(closing)
    return "".join([*kept, text[position:]])


def _without_tags(text: str) -> str:
    stripped = text.strip()
    bracket = _BRACKETED.match(stripped)
    if bracket is not None:
        end = stripped.lower().rfind(f"[/{bracket['name'].lower()}]")
        return stripped[bracket.end() : end if end > 0 else len(stripped)]
    if _BOXED.match(stripped) and stripped.endswith("}"):
        return stripped[stripped.index("{") + 1 : -1]
    lowered = text.lower()
    fence = min((place for marks in ("```", "~~~") if (place := text.find(marks)) >= 0), default=len(text))
    opening = _wrapping_tag(text, lowered, fence)
    if opening is None:
        orphan = _CLOSING_AT_END.search(text[-100:])
        if orphan is not None and f"<{orphan['name'].lower()}" not in lowered:
            return text.rstrip()[: -len(orphan[0].rstrip())]
        return text
    end = lowered.rfind(f"</{opening['name'].lower()}>", opening.end())
    inner = text[opening.end() : end if end >= 0 else len(text)]
    return inner if inner.strip() else text


def _wrapping_tag(text: str, lowered: str, fence: int) -> re.Match[str] | None:
    """Return the tag that the answer stands in: of several the last that is closed.

    It begins a line, before any fence; tags that HTML has too stand where there is no other markup before.
    """
    best: re.Match[str] | None = None
    position = 0
    for _ in range(_MOST_TAGS):
        found = _OPENING.search(text, position, fence)
        if found is None:
            break
        position, name = found.end(), found["name"].lower()
        before = text[: found.start()]
        if before[before.rfind("\n") + 1 :].strip() or (best is not None and best["name"].lower() != name):
            continue
        if best is None and name in _ELEMENTS and "<" in before:
            return None
        closed = lowered.find(f"</{name}>", found.end()) >= 0
        if not closed:
            # Cut off before its end: all of the rest, where nothing else stands before it.
            return best or (found if not before.strip() else None)
        if name in _ELEMENTS:
            return found
        best = found
    return best


def _opened(text: str) -> str:
    """Open JSON around the answer, and turn written-out line ends into real ones where none is real."""
    stripped = text.strip()
    if stripped[:1] in ('"', "{", "[") and stripped[-1:] in ('"', "}", "]"):
        try:
            found = _answer_in(json.loads(stripped, strict=False))
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


def answer_in_json(text: str) -> str | None:
    """Return the code in a JSON object's text, or None where it is none that holds any."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return _answer_in(value) if isinstance(value, dict) else None


def _answer_in(value: object, depth: int = 0) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and depth < _MOST_LAYERS:
        if all(isinstance(line, str) for line in value):
            return "\n".join(line.rstrip("\n") for line in value)  # a notebook's cell: a list of lines
        if all(isinstance(turn, dict) for turn in value):
            return _answer_in(value[-1], depth + 1)  # the last turn of a conversation
    if isinstance(value, dict) and depth < _MOST_LAYERS and not _SPECIFICATION & value.keys():
        for field in _JSON_FIELDS:
            found = _answer_in(value[field], depth + 1) if field in value else None
            if found is not None:
                return found
    return None
