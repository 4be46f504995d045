"""Cuts a script that draws several figures into one program a figure.

A picture of one figure beside the code of five teaches nothing. Each program keeps, of the script's
top-level statements, those that draw its figure and those that these depend on, in their order: a
backward slice over names. Figures that need another figure's objects are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from vincicoder import syntax_tree

_FIGURE_MAKERS = frozenset({"figure", "subplots", "subplot_mosaic", "Figure", "matshow"})
_PYPLOT_NAMES = frozenset({"plt", "pyplot", "pylab", "mpl", "matplotlib"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# Calls on modules that set the scene for all that follows.
_SETTING_CALLS = (
    "rcParams",
    "style",
    "rc",
    "seed",
    "rcdefaults",
    "use",
    "set_theme",
    "simplefilter",
    "filterwarnings",
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """One top-level statement: its text, the names it reads, binds and changes, and what it does."""

    text: str
    reads: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]
    figures: int
    is_setting: bool
    is_show: bool
    uses_pyplot: bool
    is_definition: bool


def _walk_scope(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a node without entering the functions and classes defined in it."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _SCOPES):
            yield from _walk_scope(child)


def _base_name(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def makes_figure(node: ast.AST, local_makers: frozenset[str] = frozenset()) -> bool:
    """Say whether a node is a call that makes a figure: pyplot's, by whatever import, or a local function's.

    `figure.subplots(...)` makes axes on a figure that is there.
    """
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _FIGURE_MAKERS and _base_name(node.func.value) in _PYPLOT_NAMES
    return isinstance(node.func, ast.Name) and node.func.id in _FIGURE_MAKERS | local_makers


def _count_figures(node: ast.AST, makers: frozenset[str], in_loop: bool = False) -> int:
    """Count calls that make a figure; one in a loop counts twice, for there may be any number."""
    count = (2 if in_loop else 1) if makes_figure(node, makers) else 0
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _SCOPES):
            count += _count_figures(child, makers, in_loop or isinstance(node, ast.For | ast.While))
    return count


def _read_statement(node: ast.stmt, text: str, makers: frozenset[str]) -> _Statement:
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    binds = {
        part.id
        for part in _walk_scope(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        binds = {node.name}
    for part in _walk_scope(node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            binds |= {(alias.asname or alias.name).partition(".")[0] for alias in part.names}
    changes: set[str] = set()
    for part in () if isinstance(node, _SCOPES) else _walk_scope(node):
        if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del):
            changes.add(_base_name(part) or "")
        elif isinstance(part, ast.AugAssign):
            changes.add(_base_name(part.target) or "")
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            method = part.value.func  # called for its effect, so it may change its object
            changes.add((_base_name(method) if isinstance(method, ast.Attribute) else None) or "")
    is_definition = isinstance(node, (*_SCOPES, ast.Import, ast.ImportFrom))
    return _Statement(
        text=text,
        reads=frozenset(name.id for name in names if isinstance(name.ctx, ast.Load)),
        binds=frozenset(binds),
        changes=frozenset(changes - {""}),
        figures=0 if is_definition else _count_figures(node, makers),
        is_setting=_is_setting(node),
        is_show=_is_show(node),
        is_definition=is_definition,
        uses_pyplot=not is_definition and any(name.id in ("plt", "pyplot", "pylab") for name in names),
    )


def _is_show(node: ast.stmt) -> bool:
    """Say whether a statement shows or closes figures: each program shows its own at the end."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    return isinstance(called, ast.Attribute) and called.attr in ("show", "close")


def _is_setting(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return any(f".{name}" in f".{ast.unparse(node.value.func)}".split("(")[0] for name in _SETTING_CALLS)
    if isinstance(node, ast.Assign):
        return any("rcParams" in ast.unparse(target) for target in node.targets)
    return False


def _read_statements(code: str) -> list[_Statement]:
    tree = syntax_tree.parse(code)
    local_makers = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(_count_figures(part, frozenset()) for part in node.body)
    }
    makers = frozenset(local_makers)
    lines = code.splitlines()
    statements = []
    previous_end = 0
    for node in tree.body:
        start = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))]) - 1
        end = node.end_lineno or node.lineno
        leading = start
        while leading > previous_end and lines[leading - 1].startswith("#"):
            leading -= 1
        gap = "\n" if leading > previous_end else ""
        text = gap + "\n".join(lines[max(leading, previous_end) : end])
        previous_end = max(previous_end, end)
        statements.append(_read_statement(node, text, makers))
    return statements


def _close_over(statements: list[_Statement], chosen: set[int]) -> set[int]:
    """Add what the chosen statements depend on: for each name read, its latest binding and changes since."""
    pending = list(chosen)
    last = max(chosen)
    while pending:
        index = pending.pop()
        # What a definition uses may be bound after it, as long as that is before its use.
        end = last if statements[index].is_definition else index
        for name in statements[index].reads | statements[index].changes:
            for earlier in range(end - 1, -1, -1):
                statement = statements[earlier]
                changes_data = name in statement.changes and not statement.uses_pyplot
                if (name in statement.binds or changes_data) and earlier not in chosen:
                    chosen.add(earlier)
                    pending.append(earlier)
                if name in statement.binds:
                    break
    return chosen


def slice_figures(code: str) -> list[str]:
    """Return one program for each figure of a script that can stand alone, in order.

    Statements that make several figures at once (a loop) give none. Code that does not parse gives none.
    """
    try:
        statements = _read_statements(code)
    except (SyntaxError, ValueError):
        return []
    makers = [index for index, statement in enumerate(statements) if statement.figures]
    programs = []
    for number, maker in enumerate(makers):
        if statements[maker].figures > 1:
            continue
        stop = makers[number + 1] if number + 1 < len(makers) else len(statements)
        drawing = _drawing_statements(statements, maker, stop)
        if drawing == {maker} and statements[maker].uses_pyplot:
            continue  # an empty figure, that the script filled by other means
        settings = {index for index in range(maker) if statements[index].is_setting}
        chosen = _close_over(statements, drawing | settings)
        if any(statements[index].figures for index in chosen - {maker}):
            continue
        body = "\n".join(statements[index].text for index in sorted(chosen) if not statements[index].is_show)
        programs.append(body.strip("\n") + "\n\nplt.show()\n")
    return [program for program in programs if "as plt" in program]


def _drawing_statements(statements: list[_Statement], maker: int, stop: int) -> set[int]:
    """The statements from `maker` to `stop` that use its objects, or pyplot's current figure."""
    own = set(statements[maker].binds)
    drawing = {maker}
    for index in range(maker + 1, stop):
        statement = statements[index]
        if statement.is_show:
            continue
        if own & (statement.reads | statement.changes) or statement.uses_pyplot:
            drawing.add(index)
            own |= statement.binds
    return drawing
