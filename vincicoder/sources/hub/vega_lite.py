"""Vega-Lite specifications that name their data, with the data written in."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from vincicoder.sources.hub.self_contained import NotSelfContainedError


def write_vega_lite(code: str, data: str | None) -> str:
    """Return the specification with its data inside.

    A specification that has its values, or makes them itself, is returned as it is. Raises
    `NotSelfContainedError` where the data is elsewhere and the row does not bring it, and ValueError for
    what is no JSON.
    """
    specification = json.loads(code)
    if not isinstance(specification, dict):
        raise ValueError("a Vega-Lite specification is an object")
    source = specification.get("data")
    if isinstance(source, dict) and ("values" in source or "sequence" in source or "graticule" in source):
        return code
    if source is None and "datasets" not in specification and _brings_own(specification):
        return code
    values = _values(data)
    if values is None:
        where = json.dumps(source)[:120] if source is not None else "nothing"
        raise NotSelfContainedError(f"the data is {where}, and the row has none that is CSV or JSON")
    specification["data"] = {"values": values}
    return json.dumps(specification, indent=2, ensure_ascii=False)


def _brings_own(part: Any) -> bool:
    """Whether every view below has data of its own."""
    views = [view for name in ("layer", "hconcat", "vconcat", "concat") for view in part.get(name) or []]
    if not views:
        return isinstance(part.get("data"), dict) and "values" in part["data"]
    return all(isinstance(view, dict) and ("data" in view or _brings_own(view)) for view in views)


def _values(data: str | None) -> list[Any] | None:
    if not data or not data.strip():
        return None
    if data.lstrip().startswith(("{", "[")):
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        if isinstance(value, dict):
            value = next((field for field in value.values() if isinstance(field, list)), None)
        return value if isinstance(value, list) else None
    try:
        rows = list(csv.DictReader(io.StringIO(data.strip()), skipinitialspace=True))
    except csv.Error:
        return None
    return [{name: _number(text) for name, text in row.items() if name is not None} for row in rows] or None


def _number(text: Any) -> Any:
    """Return a number for what reads as one; CSV knows only text."""
    if not isinstance(text, str):
        return text
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        # Not NaN, nor a code with leading zeros.
        return (
            text
            if number != number or (text.strip().lstrip("-")[:1] == "0" and kind is int and number)
            else number
        )
    return text
