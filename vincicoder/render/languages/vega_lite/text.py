"""Vega-Lite as text: JSON with a view in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.sample import DataName

_MARKS = re.compile(
    r'"\$schema"\s*:\s*"[^"]{0,80}vega(?:-lite)?/|"(?:mark|layer|hconcat|vconcat|facet|repeat)"\s*:'
)
_MARK = re.compile(r'"mark"\s*:\s*(?:\{[^{}]*"type"\s*:\s*)?"(\w+)"')
_LOOKED_AT = 200_000  # characters: data may stand before the view
_SCHEMA = re.compile(r'"\$schema"\s*+:\s*+"[^"]{0,80}vega-lite/v?(\d{1,3})')
_NEW = 6
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*+:|//")
_VIEWS = ("mark", "layer", "concat", "hconcat", "vconcat", "facet", "repeat", "spec")


def normal_form(code: str) -> str:
    """Return the JSON without layout; code that is none is its own normal form."""
    try:
        return json.dumps(json.loads(code), separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return code


def syntax_error(code: str) -> str | None:
    """Parse the JSON and require one view of Vega-Lite in it."""
    try:
        specification = json.loads(code)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    if not isinstance(specification, dict):
        return f"the JSON is of type {type(specification).__name__}, not an object"
    schema = specification.get("$schema")
    if isinstance(schema, str) and "/vega/" in schema:
        return f"the schema {schema[:100]} is that of Vega, not of Vega-Lite"
    if not any(name in specification for name in _VIEWS):
        return f"no view in the specification: one of {', '.join(_VIEWS)} is needed"
    return None


def stack_of(code: str) -> str:
    """Return the version of the libraries that a specification is for, by its `$schema`: '5' or '6'.

    Before 5 it is 5, the oldest that is here. '' where no version is named.
    """
    version = _SCHEMA.search(code)
    if version is None:
        return ""
    return str(_NEW) if int(version[1]) >= _NEW else "5"


def data_names(code: str) -> Iterator[DataName]:
    """Yield the addresses of data, of views and of lookups, but for those of other machines."""
    try:
        waiting = [json.loads(code)]
    except (ValueError, RecursionError):
        return
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            data = part.get("data")
            address = data.get("url") if isinstance(data, dict) else None
            if isinstance(address, str) and not _ELSEWHERE.match(address):
                yield DataName(address)
            waiting.extend(reversed(list(part.values())))
        elif isinstance(part, list):
            waiting.extend(reversed(part))


def recognise(head: CodeHead) -> bool | None:
    """Recognise a specification by its schema or by a view; other JSON objects are of no known language."""
    if not head.text.startswith("{"):
        return None
    return _MARKS.search(head.code[:_LOOKED_AT]) is not None


def chart_type(code: str) -> str:
    """Return the type of the first mark, such as `bar`; `other` where there is none."""
    mark = _MARK.search(code)
    return mark[1] if mark else "other"
