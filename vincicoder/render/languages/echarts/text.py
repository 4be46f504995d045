"""ECharts as text: an option as JSON or as an object of JavaScript, or a program that makes one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from vincicoder.render.languages.c_like_text import pairing_error
from vincicoder.render.languages.code_head import CodeHead

# Strings, templates and comments; what is never closed ends with its line, or with the text.
_OPAQUE = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+(?:\"|$)|'(?:[^'\\\n]|\\.)*+(?:'|$)|`(?:[^`\\]|\\.)*+(?:`|\Z)"
    r"|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_REGULAR_EXPRESSION = re.compile(r"[=(,:]\s{0,20}/(?![/*])[^\n]{1,200}/|`")
_OPTION = re.compile(r"(?:^|[\s;])(?:myChart\.setOption\(|(?:\w{0,40}[oO]ption)s?\s{0,20}=\s{0,20}\{)")
_SERIES = re.compile(r"[\"']?\bseries[\"']?\s{0,20}:")
_KEYS = re.compile(
    r"\"(?:xAxis|yAxis|radar|legend|tooltip|title|dataset|polar|visualMap|calendar|geo)\"\s{0,20}:"
)
_TYPE = re.compile(
    r"[\"']?\bseries[\"']?\s{0,20}:[^<]{0,2000}?[\"']?\btype[\"']?\s{0,20}:\s{0,20}[\"'](\w{1,20})[\"']", re.S
)
_OTHERS = re.compile(
    r"^(?:import [\w.]+$|import \w+ as |from [\w.]+ import |def \w+\(|library\(|\\|%)", re.MULTILINE
)


def syntax_error(code: str) -> str | None:
    """Return where brackets do not pair up. Regular expressions and templates are left to the browser."""
    return None if _REGULAR_EXPRESSION.search(code) else pairing_error(code, _OPAQUE, _PAIRS)


def normal_form(code: str) -> str:
    """Return JSON without layout, a program without blank lines and blanks at line ends."""
    try:
        return json.dumps(json.loads(code), separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        if "`" in code:
            return code
        return "\n".join(line.rstrip() for line in code.split("\n") if line.strip())


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the code with every comment passed through `change`."""
    if _REGULAR_EXPRESSION.search(code):
        return code
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "/" else match[0], code)


def recognise(head: CodeHead) -> bool | None:
    """Recognise an option by its series beside what else only options have, a program by how it gives one."""
    text = head.text
    if text.startswith("<") or _OTHERS.search(text):
        return None
    if text.startswith("{"):
        return True if _SERIES.search(head.code) and _KEYS.search(text) and '"mark"' not in text else None
    if "echarts.init(" in text or (_OPTION.search(text) and _SERIES.search(head.code)):
        return True
    return None


def chart_type(code: str) -> str:
    """Return the type of the first series, such as `bar`, or `chart`."""
    found = _TYPE.search(code[:100_000])
    return found[1].lower() if found else "chart"
