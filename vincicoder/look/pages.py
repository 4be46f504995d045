"""Fills the templates. Everything is escaped; a page that stands alone carries its style and its script.

The content security policy of such a page allows just these two, by their hashes, and pictures that are
inside the page. So even a sample's script that slipped through the escaping would not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def static_text(name: str) -> str:
    """Return a style sheet or script of the project, such as `look.css`."""
    return (files("vincicoder.look") / "static" / name).read_text("utf-8")


def page(template: str, **values: Any) -> str:
    """Return a page. Raises what Jinja2 raises for a value that the template needs and is not given."""
    return _environment().get_template(template).render(values)


def lone_page(template: str, styles: tuple[str, ...], scripts: tuple[str, ...], **values: Any) -> str:
    """Return a page that needs no other file: `styles` and `scripts` name files that it carries inside."""
    style = "\n".join(static_text(name) for name in styles)
    code = "\n".join(static_text(name) for name in scripts)
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(code)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return page(template, style=Markup(style), script=Markup(code), policy=policy, **values)


def json_block(value: Any) -> Markup:
    """Return a value as JSON that may stand inside `<script type="application/json">`."""
    text = json.dumps(value, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("vincicoder.look"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=_number, percent=_percent, seconds=_seconds, json_block=json_block)
    return environment


def _number(value: float | None) -> str:
    """1234567 as `1,234,567`, 0.12345 as `0.123`."""
    if value is None:
        return ""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    if value < 1:
        return f"{1000 * value:.0f} ms"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if minutes else f"{value:.1f} s"
