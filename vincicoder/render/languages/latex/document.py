r"""Turns the code of a sample into TeX's input: preamble, body, engines to try, and cropping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vincicoder.render.languages.latex.preamble import needs_chinese, snippet_preamble

_COMMENT = re.compile(r"(?<!\\)(?:\\\\)*%.*")
_CLASS = re.compile(r"\\documentclass\s*(?:\[(?P<options>[^\]]*)\])?\s*\{(?P<name>[^}]*)\}")
_BEGIN = re.compile(r"\\begin\s*\{document\}")
_LUA = re.compile(
    r"\\(?:directlua|luaexec|luadirect)\b|\\begin\{luacode|\{(?:luacode|luatexja|luamplib|emoji)\}"
)
_XETEX = re.compile(
    r"\{(?:xeCJK|xltxtra|ctex|pstricks(?:-add)?|pst-\w+)\}|\\documentclass(?:\[[^\]]*\])?\{ctex|\\XeTeX"
)
_UNICODE = re.compile(r"\{(?:fontspec|unicode-math|polyglossia)\}|\\setmainfont\b")
_TIGHT_CLASSES = frozenset({"standalone", "beamer", "preview", "minimal-standalone", "tikzposter"})
_TIGHT_PACKAGE = re.compile(r"\\usepackage\s*\[[^\]]*(?:tightpage)[^\]]*\]\s*\{preview\}")
# Material that needs a line width or vertical mode, which the box of a picture does not have.
_TEXTUAL = re.compile(
    r"\\\[|\$\$|\\begin\{(?:equation|align|gather|multline|flalign|eqnarray|displaymath|math|itemize|enumerate"
    r"|description|algorithm|algorithmic|longtable|multicols|center|flushleft|flushright|table|figure|minipage|tabularx|theorem|proof|quote|verbatim)"
    r"|\\(?:section|subsection|paragraph|par|centering|noindent|maketitle|item)\b|\n[ \t]*\n(?=[ \t]*\S)"
)
_FIRST_CONTENT = re.compile(r"\\begin\b|\\tikz(?![a-z])|\\\[|\$|\\\(")
_PREAMBLE_ONLY = re.compile(r"\\(?:usepackage|RequirePackage|PassOptionsToPackage|usepgfplotslibrary)\b")
_NO_PAGE_NUMBER = r"\makeatletter\let\ps@plain\ps@empty\makeatother\pagestyle{empty}\thispagestyle{empty}"


@dataclass(frozen=True, slots=True)
class TexDocument:
    """`preamble` may be shared with other documents, `body` begins where it ends.

    The document is `preamble`, `opening` (which ends after \\begin{document}, or is empty) and `body`.
    `line_offset` added to a line number of all that gives the line of the author's code.
    """

    preamble: str
    opening: str
    body: str
    engines: tuple[str, ...]
    crop: bool
    own_preamble: bool
    line_offset: int

    @property
    def text(self) -> str:
        """All of what TeX is given."""
        return self.preamble + self.opening + self.body


def parse(code: str, packages: Sequence[str] = ()) -> TexDocument:
    r"""Take a full document apart, or wrap a snippet under the fixed preamble and `packages`."""
    bare = _COMMENT.sub(lambda found: " " * len(found.group()), code)
    begin = _BEGIN.search(bare)
    document_class = _CLASS.search(bare)
    engines = _engines(bare)
    if document_class is not None and (begin is None or document_class.start() < begin.start()):
        return _full(code, bare, document_class["name"].strip(), begin, engines)
    if needs_chinese(bare) and engines == ("pdflatex",):
        engines = ("xelatex",)
    return _wrapped(code, bare, begin, engines, packages)


def _full(
    code: str, bare: str, class_name: str, begin: re.Match[str] | None, engines: tuple[str, ...]
) -> TexDocument:
    if begin is None:
        return TexDocument("", "", code, engines, False, True, 0)
    crop = class_name not in _TIGHT_CLASSES and not _TIGHT_PACKAGE.search(bare)
    preamble, opening, rest = code[: begin.start()], code[begin.start() : begin.end()], code[begin.end() :]
    if crop and "\\pagestyle" not in bare:
        opening += _NO_PAGE_NUMBER
    return TexDocument(preamble, opening, rest, engines, crop, True, 0)


def _wrapped(
    code: str,
    bare: str,
    begin: re.Match[str] | None,
    engines: tuple[str, ...],
    packages: Sequence[str],
) -> TexDocument:
    if begin is not None:
        head, body, crop = code[: begin.start()], code[begin.start() :], False
        if "\\end{document}" not in bare:
            body += "\n\\end{document}\n"
        fixed = snippet_preamble(bare, packages)
        return TexDocument(fixed, "", head + body, engines, crop, False, -fixed.count("\n"))
    split = 0
    first = _FIRST_CONTENT.search(bare)
    if _PREAMBLE_ONLY.search(bare, 0, first.start() if first else len(bare)):
        split = first.start() if first else len(bare)
    head, content = code[:split], code[split:]
    textual = bool(_TEXTUAL.search(bare[split:].strip()))
    before, after = ("\\begin{minipage}{16cm}", "\\end{minipage}") if textual else ("", "")
    # No new line of ours before the code: its line numbers stay as the author counts them.
    opening = f"\\begin{{document}}{before}\\ignorespaces "
    body = content.strip("\n") + f"\n{after}\\end{{document}}\n"
    fixed = snippet_preamble(bare, packages)
    offset = (len(content) - len(content.lstrip("\n")) if split == 0 else 0) - fixed.count("\n")
    if head:
        return TexDocument(fixed, "", head + opening + body, engines, textual, False, offset)
    return TexDocument(fixed, opening, body, engines, textual, False, offset)


def _engines(bare: str) -> tuple[str, ...]:
    if _LUA.search(bare):
        return ("lualatex",)
    if _XETEX.search(bare):
        return ("xelatex",)
    if _UNICODE.search(bare):
        return ("xelatex", "lualatex")
    return ("pdflatex",)
