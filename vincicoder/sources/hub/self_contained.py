"""Writes a complete program from a function of a corpus and the data that it was called with."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vincicoder import syntax_tree

_FUNCTION = re.compile(r"generate_|create_|draw_|plot_|make_|main\b")
_FRAME_NAMES = frozenset({"df", "dataframe", "data_frame", "frame", "table"})
_OUTPUT = "figure.png"


class NotSelfContainedError(Exception):
    """The code needs something that the row does not bring; the message says what."""


@dataclass(frozen=True, slots=True)
class _Function:
    """The function to call: its name, and the parameters that must be given."""

    name: str
    parameters: tuple[str, ...]
    node: ast.FunctionDef


def write_python_program(code: str, data: str | None) -> str:
    """Return the code with the call that draws, and the data written out above it.

    `generate_plot(df)` gets the CSV as a data frame, `generate_diagram(data)` the JSON as an object,
    `generate_circuit()` nothing. Code that calls its own function, or has none, is returned as it is.
    Raises `NotSelfContainedError`, and SyntaxError for code that is no Python.
    """
    tree = parse(code)
    function = _function_to_call(tree)
    if function is None:
        return _with_inlined_files(code, data)
    if len(function.parameters) > 1:
        raise NotSelfContainedError(
            f"{function.name} takes {', '.join(function.parameters)}; the row has one piece of data at most"
        )
    imports: list[str] = []
    lines: list[str] = []
    argument = ""
    if function.parameters:
        if not data or not data.strip():
            raise NotSelfContainedError(
                f"{function.name} takes {function.parameters[0]}, and the row has no data"
            )
        argument = _argument(tree, function, data, imports)
        lines.append(f"data = {_literal(data)}")
    lines.extend(_drawing(tree, function, f"{function.name}({argument})", imports))
    head = "\n".join(line for line in dict.fromkeys(imports) if line not in code)
    body = code.strip("\n")
    future = re.match(r"from __future__ import [^\n]+\n", body)
    if head and future:
        body = f"{future[0]}{head}\n{body[future.end() :]}"
    elif head:
        body = f"{head}\n{body}"
    return f"{body}\n\n\n" + "\n".join(lines) + "\n"


def parse(code: str) -> ast.Module:
    """Parse code of unknown quality. Raises SyntaxError for whatever is no program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return syntax_tree.parse(code)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from error


def _function_to_call(tree: ast.Module) -> _Function | None:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    named = [node for node in functions if _FUNCTION.match(node.name)]
    # Helpers come first, and the function that draws last; the names of CoSyn start with generate_.
    generating = [node for node in named if node.name.startswith("generate_")]
    chosen = (generating or named or (functions if len(functions) == 1 else []))[-1:]
    if not chosen or chosen[0].name in _called_at_top(tree):
        return None
    node = chosen[0]
    given = len(node.args.defaults)
    positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    required = positional[: len(positional) - given]
    required += [
        argument.arg
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is None
    ]
    return _Function(node.name, tuple(required), node)


def _called_at_top(tree: ast.Module) -> set[str]:
    """Return the names that are called when the program runs, outside of functions and classes."""
    called: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called.add(node.func.id)
    return called


def _argument(tree: ast.Module, function: _Function, data: str, imports: list[str]) -> str:
    """Return the expression that turns the text `data` into what the function takes."""
    parameter = function.node.args.args[0] if function.node.args.args else None
    annotation = ast.unparse(parameter.annotation) if parameter is not None and parameter.annotation else ""
    is_frame = "DataFrame" in annotation or function.parameters[0].lower() in _FRAME_NAMES
    if not is_frame and _json(data) is not None:
        imports.append("import json")
        return "json.loads(data)"
    if not is_frame and annotation == "str":
        return "data"
    if is_frame and isinstance(_json(data), list):
        records = "json.loads(data)"
        imports.append("import json")
        return f"{_pandas(tree, imports)}.DataFrame({records})"
    if not _is_csv(data):
        raise NotSelfContainedError(f"{function.name} takes data that is neither CSV nor JSON: {data[:80]!r}")
    imports.append("from io import StringIO")
    return f"{_pandas(tree, imports)}.read_csv(StringIO(data))"


def _pandas(tree: ast.Module, imports: list[str]) -> str:
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for name in statement.names:
                if name.name == "pandas":
                    return name.asname or "pandas"
    imports.append("import pandas as pd")
    return "pd"


def _json(data: str) -> Any:
    if not data.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _is_csv(data: str) -> bool:
    try:
        header = next(csv.reader(io.StringIO(data.lstrip())), [])
    except csv.Error:
        return False
    return bool(header) and not data.lstrip().startswith(("{", "["))


def _literal(data: str) -> str:
    """Return the text as a Python literal, over several lines where that is readable."""
    plain = '"""' not in data and "\\" not in data and not data.endswith('"') and data.isprintable() is False
    if plain and all(character.isprintable() or character in "\n\t" for character in data):
        return f'"""\\\n{data}"""' if not data.startswith("\n") else f'"""{data}"""'
    return repr(data)


def _drawing(tree: ast.Module, function: _Function, call: str, imports: list[str]) -> list[str]:
    """Return the statements that call the function and keep what it returns as a picture."""
    kind = _returned(function.node)
    if kind == "nothing":
        return [call]
    if kind == "figure":
        return [f"figure = {call}", f'figure.savefig("{_OUTPUT}")']
    if kind == "plotly":
        return [f"figure = {call}", "figure.show()"]
    if kind == "bytes":
        imports.append("from PIL import Image")
        return [f"picture = {call}", f'Image.open(picture).save("{_OUTPUT}")']
    if kind == "graph":
        return [f"graph = {call}", f'graph.render(outfile="{_OUTPUT}")']
    if kind == "source":
        imports.append("import graphviz")
        return [f"graph = graphviz.Source({call})", f'graph.render(outfile="{_OUTPUT}")']
    if kind == "encoded":
        return [f"picture = {call}", f'with open("{_OUTPUT}", "wb") as file:', "    file.write(picture)"]
    return [f"picture = {call}", f'picture.save("{_OUTPUT}")']


def _returned(function: ast.FunctionDef) -> str:
    """Return what a function returns: nothing, picture, bytes (a stream), encoded, figure, plotly,
    graph or source (a graph's text).
    """
    values = [node.value for node in _own_nodes(function) if isinstance(node, ast.Return)]
    value = next((value for value in reversed(values) if value is not None), None)
    if value is None or isinstance(value, ast.Constant):
        return "nothing"
    made = ast.unparse(value)
    if isinstance(value, ast.Name):
        assigned = [
            ast.unparse(node.value)
            for node in _own_nodes(function)
            if isinstance(node, ast.Assign) and value.id in _targets(node)
        ]
        made = assigned[-1] if assigned else made
    if re.search(r"\bImage\.|\.convert\(|\.crop\(|\.resize\(|\.copy\(", made):
        return "picture"
    if "BytesIO" in made:
        return "bytes"
    if re.search(r"\.render\(", made):
        return "nothing"  # the name of a file that it wrote
    if made.endswith(".source"):
        return "source"
    if re.search(r"\.pipe\(", made):
        return "encoded"
    if re.search(r"(?<![\w.])(?:\w+\.)?Digraph\(|(?<![\w.])(?:(?:graphviz|gv)\.)?(?:Graph|Source)\(", made):
        return "graph"
    if re.search(r"\b(?:go|px|ff)\.|\bmake_subplots\(|\bgraph_objects\b", made):
        return "plotly"
    if re.search(r"\bplt\.(?:figure|subplots|gcf)\(|\bFigure\(|\.figure\b|\.get_figure\(", made):
        return "figure"
    return "picture"


def _targets(node: ast.Assign) -> Iterator[str]:
    for target in node.targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                yield part.id


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body in order, without those of functions inside it."""
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


_READ_FILE = re.compile(r"(?P<reader>\b\w+\.read_csv)\(\s*(?:r|f)?(?P<quote>['\"])[^'\"\n]{1,200}(?P=quote)")


def _with_inlined_files(code: str, data: str | None) -> str:
    """Replace the file that a program reads by the row's data. Code that reads none is returned as it is."""
    if not data or not data.strip() or not _READ_FILE.search(code) or not _is_csv(data):
        return code
    edited = _READ_FILE.sub(r"\g<reader>(StringIO(data)", code)
    return f"from io import StringIO\n{edited.strip()}\n".replace(
        "from io import StringIO\n", f"from io import StringIO\n\ndata = {_literal(data)}\n\n", 1
    )
