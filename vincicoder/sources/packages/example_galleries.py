"""Charts: the example galleries of matplotlib, scikit-learn and seaborn."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from vincicoder import syntax_tree
from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_path, debian_version, pypi_package, pypi_version
from vincicoder.sources.files import FileSource, Snippet, SnippetSource, list_files, read_code
from vincicoder.sources.packages.figure_slices import makes_figure, slice_figures

_LOOPS = (ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.ListComp)
_INTERACTIVE_FOLDERS = frozenset({"animation", "event_handling", "user_interfaces", "widgets"})
_GALLERY_MARKER = re.compile(r"^\s*# (%%|sphinx_gallery_|\.\. )")


@cache
def count_figures(code: str) -> int:
    """Return how many figures a pyplot script looks like making; a maker in a loop or function counts twice.

    Counts calls by name (`plt.subplots(...)`) without running anything; a script that makes none draws
    on the implicit figure and counts one. Code that does not parse counts one: the clean stage rejects it.
    """
    try:
        tree = syntax_tree.parse(code)
    except (SyntaxError, ValueError):
        return 1
    repeated = {id(child) for loop in ast.walk(tree) if isinstance(loop, _LOOPS) for child in ast.walk(loop)}
    count = 0
    for node in ast.walk(tree):
        if makes_figure(node):
            count += 2 if id(node) in repeated else 1
    return max(count, 1)


def drop_gallery_markup(code: str) -> str:
    """Return a gallery script without its title text and cell comments; the statements are untouched.

    Gallery scripts are half prose in reStructuredText, meant for a web page: the opening docstring, and
    comment blocks that start with `# %%` or hold `# sphinx_gallery_...`. Other comments stay.
    """
    try:
        tree = syntax_tree.parse(code)
    except (SyntaxError, ValueError):
        return code
    lines = code.splitlines()
    if ast.get_docstring(tree, clean=False) is not None:
        lines = lines[tree.body[0].end_lineno :]
    kept: list[str] = []
    in_prose = False
    for line in lines:
        if _GALLERY_MARKER.match(line) or line.startswith("#####"):
            in_prose = line.lstrip().startswith(("# %%", "#####", "# .. "))
            continue
        in_prose = in_prose and line.startswith("#")
        if not in_prose:
            kept.append(line)
    text = "\n".join(kept)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def needs_a_user(path: Path) -> bool:
    """Say whether a gallery script waits for a window, a mouse or time: its still picture shows little."""
    return path.parent.name in _INTERACTIVE_FOLDERS


def has_one_figure(path: Path) -> bool:
    """Say whether a script makes one figure at most: its picture then shows all that the code draws."""
    code = read_code(path)
    return isinstance(code, str) and count_figures(code) == 1


def shows_one_figure(path: Path) -> bool:
    """Say whether a gallery script draws one still figure; some are prose alone, without a statement."""
    if needs_a_user(path) or not has_one_figure(path):
        return False
    code = read_code(path)
    return isinstance(code, str) and drop_gallery_markup(code).strip() != ""


def cut_figures(root: Callable[[], Path], patterns: tuple[str, ...]) -> list[Snippet]:
    """Return a program for each figure of the still scripts that make several; the id is file and number."""
    snippets = []
    for path in list_files(root(), patterns):
        code = read_code(path)
        if isinstance(code, bytes) or needs_a_user(path) or count_figures(code) == 1:
            continue
        name = path.relative_to(root()).as_posix()
        for number, program in enumerate(slice_figures(drop_gallery_markup(code))):
            snippets.append(Snippet(f"{name}#{number}", program))
    return snippets


def draws_own_data(path: Path) -> bool:
    """Say whether a seaborn example needs no download: `load_dataset` fetches from the network."""
    return b"load_dataset" not in path.read_bytes()


def _pypi_folder(package: str, folder: str) -> Path:
    return pypi_package(package) / folder


def _info(name: str, license_name: str, origin: str, citation: str) -> SourceInfo:
    return SourceInfo(name, Domain.CHART, (Language.PYTHON,), license_name, origin, citation)


_SKLEARN_DOC = "python-sklearn-doc"
_MATPLOTLIB_CITATION = "J. D. Hunter, Matplotlib: A 2D Graphics Environment, CiSE 9(3), 2007"


_SKLEARN_CITATION = "Pedregosa et al., Scikit-learn: Machine Learning in Python, JMLR 12, 2011"


def create_sources() -> list[FileSource | SnippetSource]:
    """Return the gallery sources. Nothing is read until they are used."""
    matplotlib_root = partial(_pypi_folder, "matplotlib", "galleries")
    sklearn_root = partial(debian_path, _SKLEARN_DOC, f"usr/share/doc/{_SKLEARN_DOC}/examples")
    matplotlib_version = partial(pypi_version, "matplotlib")
    return [
        FileSource(
            info=_info(
                "matplotlib-gallery",
                "PSF-2.0",
                "PyPI source archive of matplotlib, galleries/, still scripts that make one figure",
                _MATPLOTLIB_CITATION,
            ),
            root=matplotlib_root,
            version=matplotlib_version,
            patterns=("**/*.py",),
            keep=shows_one_figure,
            edit=drop_gallery_markup,
        ),
        FileSource(
            info=_info(
                "matplotlib-interactive",
                "PSF-2.0",
                "PyPI source archive of matplotlib, galleries/, scripts that animate or wait for a user",
                _MATPLOTLIB_CITATION,
            ),
            root=matplotlib_root,
            version=matplotlib_version,
            patterns=("**/*.py",),
            keep=needs_a_user,
            edit=drop_gallery_markup,
        ),
        SnippetSource(
            info=_info(
                "matplotlib-figures",
                "PSF-2.0",
                "PyPI source archive of matplotlib, galleries/, scripts of several figures, "
                "cut into one program a figure",
                _MATPLOTLIB_CITATION,
            ),
            version=matplotlib_version,
            cut=partial(cut_figures, matplotlib_root, ("**/*.py",)),
        ),
        FileSource(
            info=_info(
                "scikit-learn-examples",
                "BSD-3-Clause",
                "Debian package python-sklearn-doc, examples/, scripts that make one figure",
                _SKLEARN_CITATION,
            ),
            root=sklearn_root,
            version=partial(debian_version, _SKLEARN_DOC),
            patterns=("**/*.py",),
            keep=shows_one_figure,
            edit=drop_gallery_markup,
        ),
        SnippetSource(
            info=_info(
                "scikit-learn-figures",
                "BSD-3-Clause",
                "Debian package python-sklearn-doc, examples/, scripts of several figures, "
                "cut into one program a figure",
                _SKLEARN_CITATION,
            ),
            version=partial(debian_version, _SKLEARN_DOC),
            cut=partial(cut_figures, sklearn_root, ("**/*.py",)),
        ),
        FileSource(
            info=_info(
                "seaborn-examples",
                "BSD-3-Clause",
                "PyPI source archive of seaborn, examples/, scripts that draw their own data",
                "M. L. Waskom, seaborn: statistical data visualization, JOSS 6(60), 2021",
            ),
            root=partial(_pypi_folder, "seaborn", "examples"),
            version=partial(pypi_version, "seaborn"),
            patterns=("*.py",),
            keep=draws_own_data,
            edit=drop_gallery_markup,
        ),
    ]
