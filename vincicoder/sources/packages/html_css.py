"""Prunes stylesheets to the rules that a page uses, so that a page can carry its own style.

Follows the page as it stands when drawn: states (hover, focus), print, transitions and animations have
no effect on a picture and are left out, as are fonts, which would have to be fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cssselect2  # type: ignore[import-untyped]
import tinycss2

# Properties without effect on a still picture.
_MOVING = re.compile(
    r"^(-(webkit|moz|ms|o)-)?(transition|animation|will-change|cursor|scroll-behavior)|^-webkit-(tap-highlight-color|text-size-adjust)$"
)
_OTHER_MEDIA = re.compile(
    r"\b(print|speech|prefers-reduced-motion|prefers-color-scheme: *dark|forced-colors)"
)
_VARIABLE_USE = re.compile(r"var\(\s*(--[\w-]+)")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One `name: value`, as written."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector of a rule: its text, and the names an element tree must hold for it to match."""

    text: str
    classes: frozenset[str]
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A style rule with the media queries and supports conditions around it, outermost first."""

    conditions: tuple[str, ...]
    selectors: tuple[Selector, ...]
    declarations: tuple[Declaration, ...]


def _split_selectors(prelude: list[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


@lru_cache(maxsize=1 << 14)
def _test_of(text: str) -> Callable[[Any], bool] | None:
    """Return what tells whether an element matches a selector, or None where none does at rest or the
    selector is not understood.

    Most selectors of a sheet name classes that a page does not have. They never come here, for to compile
    them all takes longer than all else.
    """
    try:
        (compiled,) = cssselect2.compile_selector_list(text)
    except (cssselect2.SelectorError, ValueError):
        return None
    test: Callable[[Any], bool] = compiled.test
    return None if compiled.never_matches else test


def _matches_any(text: str, elements: Iterable[Any]) -> bool:
    test = _test_of(text)
    return test is not None and any(test(element) for element in elements)


def _read_selector(tokens: list[Any]) -> Selector:
    text = re.sub(r"\s+", " ", tinycss2.serialize(tokens)).strip()
    classes: set[str] = set()
    ids: set[str] = set()
    for previous, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "hash":
            ids.add(token.value)
        elif token.type == "ident" and previous is not None and previous == ".":
            classes.add(token.value)
    return Selector(text, frozenset(classes), frozenset(ids))


def _read_declarations(content: list[Any]) -> tuple[Declaration, ...]:
    found = []
    for item in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if item.type != "declaration" or _MOVING.match(item.lower_name):
            continue
        value = tinycss2.serialize(item.value).strip()
        if item.lower_name == "content" and _PRIVATE_USE.search(_unescape(value)):
            continue  # a glyph of an icon font that is not here would show as a box
        found.append(Declaration(item.name, value + (" !important" if item.important else "")))
    return tuple(found)


def _unescape(value: str) -> str:
    return re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda match: chr(min(int(match[1], 16), 0x10FFFF)), value)


def _read_rules(nodes: Iterable[Any], conditions: tuple[str, ...]) -> Iterator[Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            selectors = tuple(_read_selector(part) for part in _split_selectors(node.prelude))
            declarations = _read_declarations(node.content)
            if declarations:
                yield Rule(conditions, selectors, declarations)
        elif (
            node.type == "at-rule"
            and node.content is not None
            and node.lower_at_keyword in ("media", "supports")
        ):
            condition = f"@{node.lower_at_keyword} {tinycss2.serialize(node.prelude).strip()}"
            if not _OTHER_MEDIA.search(condition):
                inside = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                yield from _read_rules(inside, (*conditions, condition))


def parse_css(text: str) -> tuple[Rule, ...]:
    """Return the rules of a stylesheet that could apply to a still page on a screen, in order."""
    nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return tuple(_read_rules(nodes, ()))


@lru_cache(maxsize=16)
def read_stylesheet(path: Path) -> tuple[Rule, ...]:
    """Return the rules of a stylesheet file; parsed once in a process, for this takes a second or more."""
    return parse_css(path.read_text(encoding="utf-8", errors="replace"))


def _matching(rules: Iterable[Rule], root: Any) -> Iterator[Rule]:
    elements = list(cssselect2.ElementWrapper.from_html_root(root).iter_subtree())
    classes = {name for element in elements for name in element.classes}
    ids = {element.id for element in elements if element.id}
    for rule in rules:
        kept = tuple(
            selector
            for selector in rule.selectors
            if selector.classes <= classes and selector.ids <= ids and _matches_any(selector.text, elements)
        )
        if kept:
            yield Rule(rule.conditions, kept, rule.declarations)


def _drop_unused_variables(rules: list[Rule], page_style: str) -> list[Rule]:
    """Return the rules without custom properties that nothing uses, directly or through another one."""
    definitions: dict[str, set[str]] = {}
    used: set[str] = set(_VARIABLE_USE.findall(page_style))
    for rule in rules:
        for declaration in rule.declarations:
            names = set(_VARIABLE_USE.findall(declaration.value))
            if declaration.name.startswith("--"):
                definitions.setdefault(declaration.name, set()).update(names)
            else:
                used |= names
    pending = list(used)
    while pending:
        for name in definitions.get(pending.pop(), set()) - used:
            used.add(name)
            pending.append(name)
    pruned = []
    for rule in rules:
        kept = tuple(
            item for item in rule.declarations if not item.name.startswith("--") or item.name in used
        )
        if kept:
            pruned.append(Rule(rule.conditions, rule.selectors, kept))
    return pruned


def _write(rules: Iterable[Rule], resolve_url: Callable[[str], str]) -> str:
    lines: list[str] = []
    current: tuple[str, ...] = ()
    for rule in rules:
        if rule.conditions != current:
            lines += ["}"] * len(current)
            lines += [f"{condition} {{" for condition in rule.conditions]
            current = rule.conditions
        lines.append(", ".join(selector.text for selector in rule.selectors) + " {")
        lines += [f"  {item.name}: {_resolve(item.value, resolve_url)};" for item in rule.declarations]
        lines.append("}")
    lines += ["}"] * len(current)
    return "\n".join(lines)


def _resolve(value: str, resolve_url: Callable[[str], str]) -> str:
    return re.sub(
        r"""url\(\s*(["']?)(?!data:)([^"')]*)\1\s*\)""",
        lambda match: f'url("{resolve_url(match[2])}")',
        value,
    )


def prune_css(rules: Iterable[Rule], root: Any, page_style: str, resolve_url: Callable[[str], str]) -> str:
    """Return the text of the rules that match an element under `root` (an lxml tree).

    Of a rule only the selectors that match are kept; custom properties stay if a kept rule or
    `page_style` (the page's own style text) uses them. `resolve_url` gives what replaces an address
    that is not a data URI.
    """
    matching = list(_matching(rules, root))
    return _write(_drop_unused_variables(matching, page_style), resolve_url)
