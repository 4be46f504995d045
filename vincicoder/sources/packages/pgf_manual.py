"""LaTeX: the examples of the manuals of pgf/TikZ and tikz-ext, each made a document of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_version
from vincicoder.sources.files import Snippet, SnippetSource, list_files, read_code
from vincicoder.sources.packages.latex_text import (
    clean_snippet,
    draws,
    drop_tex_comments,
    environments,
    split_argument,
    split_options,
    write_document,
)
from vincicoder.sources.packages.texlive import documentation_folder

_DEBIAN_PACKAGE = "texlive-pictures-doc"
_NEEDS_LUATEX = re.compile(r"graphdrawing|\\directlua|render instead")
_DEFINED_NAME = re.compile(
    r"\\(?:def|gdef|let|newcommand|newcounter|newdimen|newbox|newif)\s*\*?\s*\{?(\\?[A-Za-z@]+)"
    r"|([A-Za-z][A-Za-z0-9 ]+?)\s*/\.(?:style|code|pic|initial|cd)"
    r"|\\(?:tikzdatavisualizationset|definecolor|pgfdeclare\w+|usetikzlibrary|usepackage)\{?([^}]*)"
)


@dataclass(frozen=True, slots=True)
class Example:
    """One `codeexample` of the manual: its options, and its code as the reader sees it."""

    options: dict[str, str]
    code: str


def parse_examples(text: str) -> list[Example]:
    """Return the examples of a manual file, in order. An example whose options never close is left out."""
    examples = []
    for body in environments(text, "codeexample"):
        options, code = "", body
        if body.lstrip(" \n%").startswith("["):
            split = split_argument(body.lstrip(" \n%"), "[", "]")
            if split is None:
                continue
            options, code = split
        examples.append(Example(split_options(drop_tex_comments(options).replace("\n", " ")), code))
    return examples


def _names_defined(setup: str) -> set[str]:
    return {name.strip() for groups in _DEFINED_NAME.findall(setup) for name in groups if name.strip()}


def needed_setup(code: str, setups: list[str]) -> list[str]:
    """Return those of the file's earlier set-up pieces that define a name which the code uses, in order.

    What a piece that is needed uses is needed as well.
    """
    needed: list[str] = []
    wanted = code
    for setup in reversed(setups):
        if any(name in wanted for name in _names_defined(setup)):
            needed.insert(0, setup)
            wanted += setup
    return needed


def compose_example(example: Example, setups: list[str]) -> str:
    """Return the document that shows an example: preamble, needed set-up, what comes before and after it."""
    before = example.options.get("pre", "").replace("##", "#")
    after = example.options.get("post", "")
    code = clean_snippet(example.code)
    pieces = [clean_snippet(piece) for piece in needed_setup(before + code, setups)]
    everything = "\n".join(part for part in (*pieces, before, code, after) if part)
    preamble = re.split(r"(?<=\})\s*(?=\\)", example.options.get("preamble", "").replace("##", "#"))
    return write_document(everything, preamble)


def cut_manual(tex_package_folder: str, pattern: str) -> list[Snippet]:
    """Return every example of a manual that draws with pdfTeX; the id is file and number in the file.

    Chapters on animation are left out: a picture stands still, and their code would say otherwise.
    """
    folder = documentation_folder(_DEBIAN_PACKAGE, tex_package_folder)
    snippets = []
    for path in list_files(folder, (pattern, f"{pattern}.gz")):
        if "animations" in path.name:
            continue
        text = read_code(path)
        if isinstance(text, bytes):
            text = text.decode("latin-1")
        setups: list[str] = []
        for number, example in enumerate(parse_examples(text)):
            if "setup code" in example.options:
                setups.append(example.code)
            if "code only" in example.options or not draws(example.code):
                continue
            document = compose_example(example, setups)
            if not _NEEDS_LUATEX.search(document):
                snippets.append(Snippet(f"{path.name.removesuffix('.gz')}#{number}", document))
    return snippets


def create_sources() -> list[SnippetSource]:
    """Return the manuals' sources. Nothing is read until they are used."""
    version = partial(debian_version, _DEBIAN_PACKAGE)
    pgf = SourceInfo(
        name="pgf-manual",
        domain=Domain.LATEX,
        languages=(Language.LATEX,),
        license="LPPL-1.3c OR GFDL-1.2-no-invariants-or-later",
        origin=f"Debian package {_DEBIAN_PACKAGE}, generic/pgf: "
        "codeexample environments that draw with pdfTeX and do not move",
        citation="T. Tantau et al., The TikZ and PGF Packages: manual",
    )
    tikz_ext = SourceInfo(
        name="tikz-ext-manual",
        domain=Domain.LATEX,
        languages=(Language.LATEX,),
        license="LPPL-1.3c OR GFDL-1.3-no-invariants-or-later",
        origin=f"Debian package {_DEBIAN_PACKAGE}, latex/tikz-ext: codeexample environments",
        citation="Q. Dinh, TikZ extensions: manual",
    )
    return [
        SnippetSource(pgf, version, partial(cut_manual, "generic/pgf", "pgfmanual-en-*.tex")),
        SnippetSource(tikz_ext, version, partial(cut_manual, "latex/tikz-ext", "*.tex")),
    ]
