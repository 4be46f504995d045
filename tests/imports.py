"""Reads what Python files import, without running them."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("vincicoder", "storage", "tasks", "flows")


def python_files(*folders: str) -> list[Path]:
    """Return the .py files under the given folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imported_modules(source: str, package: str) -> list[str]:
    """Return the dotted names of all modules that `source` imports, anywhere in it.

    `package` is the dotted name of the package the source lies in: relative imports are resolved
    against it. `from a import b` counts as `a.b`, for `b` may be a module. A call of `import_module`,
    `__import__` or `when_used` with a literal absolute name counts too.
    """
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base]).strip(".")
            found += [f"{base}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            value = node.args[0].value
            if (
                name in {"import_module", "__import__", "when_used"}
                and isinstance(value, str)
                and value[:1] != "."
            ):
                found.append(value)
    return found


def imports_of(path: Path) -> list[str]:
    """Return `imported_modules` of a file of the repository."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return imported_modules(path.read_text(), package)


@cache
def module_graph() -> dict[str, set[str]]:
    """Return for each module of the project those it imports anywhere, in functions and for types too.

    A package's `__init__` has the package's name. What is imported from a module counts as the module.
    """
    files = {_module_name(path): path for path in python_files(*PACKAGES)}
    return {
        name: {found for imported in imports_of(path) if (found := _known(imported, files)) not in ("", name)}
        for name, path in files.items()
    }


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _known(imported: str, modules: Container[str]) -> str:
    while imported and imported not in modules:
        imported = imported.rpartition(".")[0]
    return imported


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle (Tarjan 1972)."""
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        numbers[module] = lowest[module] = len(numbers)
        stack.append(module)
        for other in graph[module]:
            if other not in numbers:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], numbers[other])
        if lowest[module] == numbers[module]:
            start = stack.index(module)
            component, stack[start:] = stack[start:], []
            if len(component) > 1:
                found.append(sorted(component))

    for module in graph:
        if module not in numbers:
            visit(module)
    return found
