"""Code that reads a file which the sample does not include, or fetches one from the network."""

from __future__ import annotations

import ast
import re

from vincicoder import syntax_tree
from vincicoder.clean.filter import FilterResult
from vincicoder.sample import Reason, Rejection

# Functions that read what their first argument names, by the last part of their name.
_READERS = frozenset(
    {
        *("open", "read_csv", "read_excel", "read_json", "read_table", "read_parquet", "read_pickle"),
        *("read_feather", "read_hdf", "read_html", "read_fwf", "read_stata", "read_sas", "read_file"),
        *("imread", "loadtxt", "genfromtxt", "fromfile", "loadmat", "load_workbook", "ImageReader"),
        *("urlopen", "urlretrieve", "wavfile", "SDMolSupplier", "MolFromMolFile", "MolFromPDBFile"),
    }
)
_HINT = re.compile(rf"\b(?:{'|'.join(sorted(_READERS))}|load)\s*\(|\brequests\b|\bload_dataset\b")
_ADDRESS = re.compile(r"(?:https?|ftp|s3)://", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:to_(?:csv|json|excel|pickle|parquet)|savefig|savetxt|imsave|dump|write\w*|savez?\w*|makedirs|touch)\s*\("
    r"|\b(?:exists|isfile|is_file)\s*\(|get_sample_data|sample_data"
)
_GUARDED = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.Try,
    ast.TryStar,
    ast.If,
    ast.IfExp,
    ast.For,
    ast.While,
)


def python_files(code: str, brought: frozenset[str] = frozenset()) -> FilterResult:
    """Reject programs that are sure to read a file or an address that can't be there.

    Sure means: outside functions, branches, loops and `try`, by a name written out in the call, in a
    program that writes no file itself. `brought` are the names of the data files that the program brings.
    """
    if not _HINT.search(code):
        return None
    try:
        body = syntax_tree.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for statement in body:
        nodes = list(ast.walk(statement))
        if any(isinstance(node, _GUARDED) for node in nodes):
            continue
        for node in nodes:
            found = named_input(node) if isinstance(node, ast.Call) else None
            if found is None or found.removeprefix("./") in brought:
                continue
            if _ADDRESS.match(found):
                return Rejection(
                    Reason.CLEAN_EXTERNAL_RESOURCE, f"line {statement.lineno}: reads {found[:120]}"
                )
            if not writes_files(code):
                return Rejection(Reason.CLEAN_MISSING_FILE, f"line {statement.lineno}: reads {found[:120]!r}")
    return None


def writes_files(code: str) -> bool:
    """Whether a program seems to write files, or to ask whether they are there: it may bring its own."""
    return _WRITES.search(code) is not None


def named_input(call: ast.Call) -> str | None:
    """Return the file or address that a call reads, where its name is written out in it."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = (
        function.value.id
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        else ""
    )
    if not call.args or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
        return None
    text = call.args[0].value
    if owner == "requests" and name in ("get", "post"):
        return text
    # seaborn's data sets are downloaded; scikit-learn's loaders take no name.
    if owner in ("sns", "seaborn") and name == "load_dataset":
        return f"https://seaborn data/{text}"
    if owner in ("np", "numpy") and name == "load":
        return text
    # Text that is no name of a file is data, or markup, given directly.
    if name not in _READERS or "\n" in text or "<" in text or len(text) > 300:
        return None
    if owner in ("webbrowser", "os", "gzip", "zipfile") or _opens_to_write(name, call):
        return None
    return text


def _opens_to_write(name: str, call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return name == "open" and any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wax")
        for mode in modes
    )


_GRAPHIC = re.compile(r"\\includegraphics\*?\s*(?:\[[^\]]*\]\s*)*\{([^{}\\#]+)\}")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
# The pictures of the package mwe, and options that draw frames instead of files.
_ALWAYS_THERE = re.compile(r"(?:example-(?:image|grid)[\w-]*|mwe[\w-]*)(?:\.\w+)?")
_NO_FILES_NEEDED = re.compile(r"\bdemo\b|\bdraft\b|\\begin\s*\{filecontents")


def latex_files(code: str) -> FilterResult:
    """Reject documents that include a picture file: no sample brings one."""
    if "\\includegraphics" not in code or _NO_FILES_NEEDED.search(code):
        return None
    visible = _COMMENT.sub("", code)
    start = visible.find("\\begin{document}")
    for match in _GRAPHIC.finditer(visible, max(start, 0)):
        if not _ALWAYS_THERE.fullmatch(match[1].strip()):
            return Rejection(Reason.CLEAN_MISSING_FILE, f"includes the picture {match[1].strip()[:120]!r}")
    return None
