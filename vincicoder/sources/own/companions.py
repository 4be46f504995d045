"""Files beside a page or document that belong to it, written into it: style sheets, scripts, inputs."""

from __future__ import annotations

import re
from pathlib import Path

_MOST_BYTES = 2_000_000  # of one companion; the whole is bounded when it is cleaned
_MOST_DEPTH = 10
_TAG = re.compile(
    r"<link\b(?P<link>[^>]*)>|<script\b(?P<script>[^>]*\bsrc\s*=[^>]*)>\s*</script\s*>", re.IGNORECASE
)
_COMMENTED = re.compile(r"<!--.*?-->", re.DOTALL)
_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?["']?(?P<path>[^"')\s;]+)["']?\s*\)?(?P<media>[^;]*);""")
_INPUT = re.compile(
    r"\\(?P<command>input|include|subfile)(?:\s*\{(?P<name>[^{}\n]+)\}|[ ]+(?P<bare>[\w./-]+))"
)
_COMMENT_MARK = re.compile(r"(?<!\\)(?:\\\\)*%")


def inline_page(code: str, folder: Path, root: Path) -> tuple[str, tuple[str, ...]]:
    """Return a page with the style sheets and scripts in it that lie beside it, and a note for each.

    A path from the site's root (`/css/a.css`) is looked for below `root`. What is not there stays as it is.
    """
    notes: list[str] = []

    def replace(match: re.Match[str]) -> str:
        attributes = match["link"] or match["script"] or ""
        if match["link"] is not None and "stylesheet" not in _attribute(attributes, "rel").lower():
            return match[0]
        address = _attribute(attributes, "href" if match["link"] is not None else "src")
        path = _beside(address, folder, root)
        text = _text(path)
        if path is None or text is None:
            return match[0]
        notes.append(f"collect: {path.relative_to(root).as_posix()} written into the page")
        if match["link"] is not None:
            media = _attribute(attributes, "media")
            opened = f'<style media="{media}">' if media else "<style>"
            return f"{opened}\n{_with_imports(text, path.parent, root, notes, 0)}\n</style>"
        kind = ' type="module"' if _attribute(attributes, "type").lower() == "module" else ""
        script = text.replace("</script", "<\\/script")
        return f"<script{kind}>\n{script}\n</script>"

    parts, position = [], 0
    for comment in [*_COMMENTED.finditer(code), None]:
        end = len(code) if comment is None else comment.start()
        parts.append(_TAG.sub(replace, code[position:end]))
        if comment is not None:
            parts.append(comment[0])
            position = comment.end()
    return "".join(parts), tuple(notes)


def _with_imports(css: str, folder: Path, root: Path, notes: list[str], depth: int) -> str:
    def replace(match: re.Match[str]) -> str:
        path = _beside(match["path"], folder, root)
        text = _text(path)
        if path is None or text is None or depth >= _MOST_DEPTH or match["media"].strip():
            return match[0]
        notes.append(f"collect: {path.relative_to(root).as_posix()} written into the page")
        return _with_imports(text, path.parent, root, notes, depth + 1)

    return _IMPORT.sub(replace, css) if "@import" in css else css


def latex_inputs(code: str, folder: Path, root: Path) -> list[Path]:
    """Return the files beside a document that it inputs, in order."""
    named = (
        match["name"] or match["bare"]
        for match in _INPUT.finditer(code)
        if not _in_comment(code, match.start())
    )
    return [path for name in named if (path := _latex_file(name, folder, root)) is not None]


def flatten_latex(code: str, folder: Path, root: Path, depth: int = 0) -> tuple[str, tuple[str, ...]]:
    """Return a document with the files written into it that it inputs, and a note for each.

    Names are those of TeX: relative to the document (`folder`), `.tex` may be left out. `\\include` starts
    and ends a page, as LaTeX does.
    """
    notes: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if _in_comment(code, match.start()):
            return match[0]
        path = _latex_file(match["name"] or match["bare"], folder, root)
        text = _text(path)
        if path is None or text is None or depth >= _MOST_DEPTH:
            return match[0]
        body, inner = flatten_latex(text, folder, root, depth + 1)
        notes.append(f"collect: {path.relative_to(root).as_posix()} written into the document")
        notes.extend(inner)
        if match["command"] == "subfile" and "\\begin{document}" in body:
            body = body.split("\\begin{document}", 1)[1].split("\\end{document}", 1)[0]
        body = body.rstrip("\n")
        if match["command"] == "include":
            body = f"\\clearpage\n{body}\n\\clearpage"
        return body

    return _INPUT.sub(replace, code) if "\\" in code else code, tuple(notes)


def _in_comment(code: str, position: int) -> bool:
    return bool(_COMMENT_MARK.search(code, code.rfind("\n", 0, position) + 1, position))


def _latex_file(name: str, folder: Path, root: Path) -> Path | None:
    name = name.strip()
    return _beside(f"{name}.tex", folder, root) or _beside(name, folder, root)


def _beside(address: str, folder: Path, root: Path) -> Path | None:
    """Return the file that an address names on this machine, if it lies within `root`."""
    name = address.strip().split("?")[0].split("#")[0]
    if not name or "://" in name or name.startswith(("//", "data:")) or "\0" in name:
        return None
    path = (root / name.lstrip("/") if name.startswith("/") else folder / name).resolve()
    try:
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None
    except OSError:  # a name too long for a file
        return None


def _text(path: Path | None) -> str | None:
    if path is None or path.stat().st_size > _MOST_BYTES:
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return None


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", attributes, re.IGNORECASE)
    return next((group for group in found.groups() if group is not None), "") if found else ""
