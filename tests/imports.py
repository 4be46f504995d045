"""Reads what Python files import, without running them."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("vincicoder", "storage", "tasks", "flows")


def python_files(*folders: str) -> list[Path]:
    """Return the .py files under the given folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imported_modules(source: str, package: str) -> list[str]:
    """Return the dotted names of all modules that `source` imports, anywhere in it.

    `package` is the dotted name of the package the source lies in: relative imports are resolved
    against it. `from a import b` counts as `a.b`, for `b` may be a module. A call of `import_module`
    or `__import__` with a literal absolute name counts too.
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
            if name in {"import_module", "__import__"} and isinstance(value, str) and value[:1] != ".":
                found.append(value)
    return found


def imports_of(path: Path) -> list[str]:
    """Return `imported_modules` of a file of the repository."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return imported_modules(path.read_text(), package)
