"""LaTeX: drawings, formulas and tables in the documentation of TeX packages, each with its licence.

Packages under the GPL alone, or whose licence is not known, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_path
from vincicoder.sources.files import Snippet, SnippetSource, list_files, read_code
from vincicoder.sources.packages.latex_text import (
    clean_snippet,
    drop_tex_comments,
    environments,
    split_argument,
    write_document,
)
from vincicoder.sources.packages.latex_vocabulary import (
    MATH_COMMANDS,
    MATH_ENVIRONMENTS,
    TABLE_COMMANDS,
    TABLE_ENVIRONMENTS,
    uses_only,
)
from vincicoder.sources.packages.pgf_manual import needed_setup
from vincicoder.sources.packages.texlive import (
    DOCUMENTATION,
    documentation_version,
    installed_documentation,
    licenses,
    spdx_license,
)

_DEBIAN_PACKAGES = ("texlive-pictures-doc", "texlive-science-doc", "texlive-latex-extra-doc")
_STYLES = ("usr/share/texlive/texmf-dist/tex/latex", "usr/share/texlive/texmf-dist/tex/generic")
# These have sources of their own, show other packages' code, or plot by an external program.
_SKIPPED = frozenset({"pgf", "tikz-ext", "tkzexample", "tkz-fct"})
_HELPFUL = """amsmath amssymb amsfonts mathtools bm xcolor siunitx pgfplots circuitikz chemfig tikz-cd array
booktabs multirow"""
_HELPFUL_PACKAGES = frozenset(_HELPFUL.split())
_MARKERS = (
    "{tikzpicture}",
    "{circuitikz}",
    "{tkzexample}",
    "{tabular}",
    "\\[",
    "{equation",
    "{align",
    "{gather",
)
_PREAMBLE_LINE = re.compile(r"\\(usepackage|usetikzlibrary|usepgflibrary)\s*(\[[^\]]*\])?\s*\{([^}]*)\}")
_DEFINITION = re.compile(
    r"^\s*\\(?:newcommand|renewcommand|providecommand|def|tikzset|tikzstyle|definecolor|colorlet|newlength)\b"
)
_MATH = re.compile(
    r"\\\[(?P<display>.+?)\\\]|\\begin\{(?P<name>equation|align|gather|multline)(?P<star>\*?)\}(?P<body>.+?)"
    r"\\end\{(?P=name)(?P=star)\}",
    re.DOTALL,
)
# A macro's parameters, the manual's own markup, the page around, or plots by an external program.
_NOT_ALONE = re.compile(
    r"(?<!\\)#|\\(meta|marg|oarg|verb)\b|remember picture|current page|gnuplot|function *\{|\\tkzFct"
)
_MATH_USE = re.compile(r"\\(dfrac|tfrac|text|mathbb|boldsymbol|begin\{([pbvBV]?matrix|cases|align))(?![a-z])")
_MIN_MATH_CHARACTERS = 15
_MAX_DEFINITION_LINES = 30


@dataclass(frozen=True, slots=True)
class Manual:
    """One documentation file: its TeX package, licence, text, and what its drawings may need."""

    source_id: str
    package: str
    license: str
    text: str
    preamble: tuple[str, ...]
    definitions: tuple[str, ...]


def loading_lines(package: str) -> list[str]:
    """Return what loads a TeX package as installed here: its style of that name, else its TikZ libraries."""
    folders = [Path("/") / root / package for root in _STYLES]
    if any((folder / f"{package}.sty").is_file() for folder in folders):
        return [f"\\usepackage{{{package}}}"]
    libraries = [path for folder in folders for path in list_files(folder, ("tikzlibrary*.code.tex",))]
    names = [path.name.removeprefix("tikzlibrary").removesuffix(".code.tex") for path in libraries]
    return [f"\\usetikzlibrary{{{name}}}" for name in names]


def _head(text: str) -> str:
    return text.split("\\begin{document}")[0]


def read_preamble(head: str, package: str) -> tuple[str, ...]:
    """Return what a drawing of a manual needs of its preamble: the package, its helpers and libraries."""
    lines = []
    for command, options, names in _PREAMBLE_LINE.findall(head):
        if command != "usepackage":
            lines.append(f"\\{command}{{{' '.join(names.split())}}}")
            continue
        for name in (part.strip() for part in names.split(",")):
            if name in _HELPFUL_PACKAGES or name == package:
                lines.append(f"\\usepackage{options}{{{name}}}")
    if not any(line.endswith(f"{{{package}}}") for line in lines):
        lines = loading_lines(package) + lines
    return tuple(dict.fromkeys(lines))


def read_definitions(head: str) -> tuple[str, ...]:
    """Return the definitions of a manual's preamble: commands, styles and colours, each to its last brace."""
    definitions = []
    lines = head.split("\n")
    for number, line in enumerate(lines):
        if not _DEFINITION.match(line):
            continue
        for stop in range(number + 1, min(number + _MAX_DEFINITION_LINES, len(lines)) + 1):
            block = "\n".join(lines[number:stop])
            if block.count("{") == block.count("}"):
                definitions.append(block)
                break
    return tuple(definitions)


@cache
def read_manuals() -> tuple[Manual, ...]:
    """Return every manual whose licence allows its use, in order of its path."""
    known: dict[str, str] = {}
    for debian_package in installed_documentation(_DEBIAN_PACKAGES):
        known.update(licenses(debian_package))
    root = debian_path(_DEBIAN_PACKAGES[0], DOCUMENTATION)
    texts: list[tuple[str, str, str]] = []
    heads: dict[str, str] = {}
    for folder in ("generic", "latex"):
        for path in list_files(root / folder, ("**/*.tex", "**/*.tex.gz")):
            package = path.relative_to(root / folder).parts[0]
            if package in _SKIPPED or spdx_license(known.get(package, "")) is None:
                continue
            text = read_code(path)
            if isinstance(text, str) and any(marker in text for marker in _MARKERS):
                text = drop_tex_comments(text)
                name = path.relative_to(root).as_posix().removesuffix(".gz")
                texts.append((name, package, text))
            if isinstance(text, str) and "\\documentclass" in text:
                heads[package] = heads.get(package, "") + _head(text)
    manuals = []
    for name, package, text in texts:
        # A chapter without a preamble of its own is read by its package's main files.
        head = _head(text) if "\\documentclass" in text else heads.get(package, "")
        license_name = spdx_license(known[package]) or ""
        preamble, definitions = read_preamble(head, package), read_definitions(head)
        manuals.append(Manual(name, package, license_name, text, preamble, definitions))
    return tuple(manuals)


def _cut_unique(cut: Callable[[Manual], Iterator[tuple[str, str]]]) -> list[Snippet]:
    """Return what `cut` finds in each manual as (its key, document), each key once."""
    snippets: list[Snippet] = []
    seen: set[str] = set()
    for manual in read_manuals():
        for number, (content, document) in enumerate(cut(manual)):
            key = re.sub(r"\s+", " ", content)
            if key not in seen:
                seen.add(key)
                snippets.append(Snippet(f"{manual.source_id}#{number}", document, manual.license))
    return snippets


def cut_drawings(manual: Manual) -> Iterator[tuple[str, str]]:
    """Yield the drawings of a manual that can stand alone as documents."""
    for name in ("tikzpicture", "circuitikz"):
        for body in environments(manual.text, name):
            if not _NOT_ALONE.search(body):
                yield from _drawing(manual, f"\\begin{{{name}}}{body}\\end{{{name}}}")


def cut_tkz_examples(manual: Manual) -> Iterator[tuple[str, str]]:
    """Yield the worked examples of the tkz packages as documents."""
    for body in environments(manual.text, "tkzexample"):
        split = split_argument(body, "[", "]") if body.startswith("[") else ("", body)
        if split is not None and "code only" not in split[0] and not _NOT_ALONE.search(split[1]):
            yield from _drawing(manual, split[1])


def _drawing(manual: Manual, code: str) -> Iterator[tuple[str, str]]:
    code = clean_snippet(code)
    setup = needed_setup(code, list(manual.definitions))
    preamble = manual.preamble
    if _MATH_USE.search(code) and not any("amsmath" in line for line in preamble):
        preamble = (*preamble, "\\usepackage{amsmath,amssymb}")
    yield code, write_document(code, (*preamble, *setup))


def cut_formulas(manual: Manual) -> Iterator[tuple[str, str]]:
    """Yield the displayed formulas made of common commands alone as documents."""
    for match in _MATH.finditer(manual.text):
        body = match["display"] or match["body"]
        if len(body.strip()) < _MIN_MATH_CHARACTERS or not uses_only(body, MATH_COMMANDS, MATH_ENVIRONMENTS):
            continue
        code = clean_snippet(re.sub(r"\\label\{[^}]*\}", "", match[0]))
        code = code.replace("{equation}", "{equation*}")
        yield (
            code,
            write_document(code, ("\\usepackage{amsmath,amssymb}",), "border=4pt,varwidth", tikz=False),
        )


def cut_tables(manual: Manual) -> Iterator[tuple[str, str]]:
    """Yield the tables made of common commands alone as documents."""
    for body in environments(manual.text, "tabular"):
        code = clean_snippet(f"\\begin{{tabular}}{body}\\end{{tabular}}")
        if "&" not in body or not uses_only(code, TABLE_COMMANDS, TABLE_ENVIRONMENTS):
            continue
        preamble = ["\\usepackage{amsmath,amssymb}"] if "$" in body else []
        preamble += ["\\usepackage{array}"] if re.search(r"[mb>]\{", body.split("\n")[0]) else []
        preamble += ["\\usepackage{booktabs}"] if re.search(r"\\(top|mid|bottom|cmid)rule", body) else []
        preamble += ["\\usepackage{multirow}"] if "\\multirow" in body else []
        preamble += ["\\usepackage{xcolor}"] if "color" in body else []
        yield code, write_document(code, preamble, tikz=False)


def _source(name: str, what: str, cut: Callable[[Manual], Iterator[tuple[str, str]]]) -> SnippetSource:
    info = SourceInfo(
        name=name,
        domain=Domain.LATEX,
        languages=(Language.LATEX,),
        license="LPPL-1.3c",
        origin=f"Debian packages {', '.join(_DEBIAN_PACKAGES)}: {what} (each row has its package's licence)",
        citation="Documentation of TeX Live packages, by their authors",
    )
    version = partial(documentation_version, _DEBIAN_PACKAGES)
    return SnippetSource(info, version, partial(_cut_unique, cut))


def create_sources() -> list[SnippetSource]:
    """Return the documentation sources. Nothing is read until they are used."""
    return [
        _source("tex-drawings", "TikZ and circuitikz pictures", cut_drawings),
        _source("tkz-examples", "examples of the tkz packages", cut_tkz_examples),
        _source("tex-formulas", "displayed formulas", cut_formulas),
        _source("tex-tables", "tables", cut_tables),
    ]
