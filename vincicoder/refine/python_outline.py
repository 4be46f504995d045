"""An outline of a Python program: its statements, calls and literals, with their places in the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call. `keyword` is None for a positional one; `text` is the value's source."""

    keyword: str | None
    keyword_place: Place | None
    place: Place
    text: str
    node: cst.BaseExpression


@dataclass(frozen=True, slots=True)
class Call:
    """A call such as `ax.plot(x, y)`: `name` is `plot`, and `name_place` its place."""

    name: str
    name_place: Place
    place: Place
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement. `droppable` says that its block holds others beside it."""

    place: Place
    node: cst.BaseSmallStatement
    droppable: bool
    calls: tuple[str, ...]


@dataclass(slots=True)
class Outline:
    """What the faults are found in. Places are character offsets, half open."""

    source: str
    statements: list[Statement] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    sequences: list[tuple[Place, ...]] = field(default_factory=list)  # numbers of list displays
    colors: list[tuple[Place, str]] = field(default_factory=list)  # string literals that may name colours


def outline_of(source: str) -> Outline:
    """Parse a program. Raises `libcst.ParserSyntaxError` where it is not valid Python."""
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    reader = _Reader(source, wrapper.resolve(ByteSpanPositionProvider))
    reader.read(wrapper.module)
    reader.outline.statements.sort(key=lambda one: one.place)
    return reader.outline


# What holds no statement, call or literal: comments, blanks, and where a node begins and ends.
_BLANK = ("whitespace", "lpar", "rpar", "leading_lines", "lines_after", "header", "footer", "indent")


@cache
def _inner(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that can hold what is looked for."""
    return tuple(one.name for one in fields(kind) if not one.name.startswith(_BLANK))


class _Reader:
    """Reads a tree in the order of the text. libcst's own visitors make every node anew: that takes longer
    than all else here."""

    def __init__(self, source: str, spans: Mapping[cst.CSTNode, Any]) -> None:
        self.outline = Outline(source)
        self._spans = spans
        self._bytes = None if source.isascii() else source.encode()
        self._readers: dict[type[cst.CSTNode], Callable[[Any], None]] = {
            cst.Module: self._block,
            cst.IndentedBlock: self._block,
            cst.Call: self._call,
            cst.List: self._list,
            cst.SimpleString: self._string,
        }

    def read(self, node: cst.CSTNode) -> None:
        """Take in a node, then what is inside, from left to right."""
        read = self._readers.get(type(node))
        if read is not None:
            read(node)
        inside: list[cst.CSTNode] = []
        for name in _inner(type(node)):
            value = getattr(node, name)
            if isinstance(value, cst.CSTNode):
                inside.append(value)
            elif isinstance(value, tuple | list):
                inside += value
        for child in sorted(inside, key=self._start) if len(inside) > 1 else inside:
            self.read(child)

    def _start(self, node: cst.CSTNode) -> int:
        start: int = self._spans[node].start
        return start

    def _block(self, node: cst.Module | cst.IndentedBlock) -> None:
        for line in node.body:
            if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
                small = line.body[0]
                statement = Statement(self._place(small), small, len(node.body) > 1, _call_names(small))
                self.outline.statements.append(statement)

    def _call(self, node: cst.Call) -> None:
        name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        if not isinstance(name, cst.Name):
            return
        arguments = tuple(self._argument(each) for each in node.args if not each.star)
        self.outline.calls.append(Call(name.value, self._place(name), self._place(node), arguments))

    def _list(self, node: cst.List) -> None:
        self._sequence(node.elements)

    def _string(self, node: cst.SimpleString) -> None:
        if node.prefix == "" and len(node.quote) == 1:
            place = self._place(node)
            self.outline.colors.append(((place[0] + 1, place[1] - 1), node.raw_value))

    def _sequence(self, elements: Sequence[cst.BaseElement]) -> None:
        values = [element.value for element in elements]
        if len(values) >= 3 and all(_is_number(value) for value in values):
            self.outline.sequences.append(tuple(self._place(value) for value in values))

    def _argument(self, node: cst.Arg) -> Argument:
        place = self._place(node.value)
        keyword = node.keyword
        return Argument(
            keyword.value if keyword else None,
            self._place(keyword) if keyword else None,
            place,
            self.outline.source[place[0] : place[1]],
            node.value,
        )

    def _place(self, node: cst.CSTNode) -> Place:
        span = self._spans[node]
        start, stop = span.start, span.start + span.length
        if self._bytes is None:
            return start, stop
        return len(self._bytes[:start].decode()), len(self._bytes[:stop].decode())


def _is_number(node: cst.BaseExpression) -> bool:
    bare = node.expression if isinstance(node, cst.UnaryOperation) else node
    return isinstance(bare, cst.Integer | cst.Float)


def _call_names(statement: cst.BaseSmallStatement) -> tuple[str, ...]:
    """The names called by a statement that is nothing but a call: `ax.plot(...)`, `ax.set(...).grid()`."""
    value: cst.BaseExpression | None = statement.value if isinstance(statement, cst.Expr) else None
    names = []
    while isinstance(value, cst.Call):
        function = value.func
        if isinstance(function, cst.Attribute):
            names.append(function.attr.value)
            value = function.value
        else:
            names.append(function.value if isinstance(function, cst.Name) else "")
            value = None
    return tuple(names)
