"""Charts: the example galleries of matplotlib, scikit-learn and seaborn."""

from __future__ import annotations

import ast
import re
from functools import partial
from pathlib import Path

from vincicoder.sample import Domain, Language
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import debian_path, debian_version, pypi_package, pypi_version
from vincicoder.sources.files import FileSource, read_code

_FIGURE_MAKERS = frozenset({"figure", "subplots", "subplot_mosaic", "Figure", "matshow"})
_LOOPS = (ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.ListComp)
_GALLERY_MARKER = re.compile(r"^\s*# (%%|sphinx_gallery_|\.\. )")


def count_figures(code: str) -> int:
    """Return how many figures a pyplot script looks like making; a maker in a loop or function counts twice.

    Counts calls by name (`plt.subplots(...)`) without running anything; a script that makes none draws
    on the implicit figure and counts one. Code that does not parse counts one: the clean stage rejects it.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return 1
    repeated = {id(child) for loop in ast.walk(tree) if isinstance(loop, _LOOPS) for child in ast.walk(loop)}
    count = 0
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _FIGURE_MAKERS
        ):
            count += 2 if id(node) in repeated else 1
    return max(count, 1)


def drop_gallery_markup(code: str) -> str:
    """Return a gallery script without its title text and cell comments; the statements are untouched.

    Gallery scripts are half prose in reStructuredText, meant for a web page: the opening docstring, and
    comment blocks that start with `# %%` or hold `# sphinx_gallery_...`. Other comments stay.
    """
    try:
        tree = ast.parse(code)
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


def has_one_figure(path: Path) -> bool:
    """Say whether a script makes one figure at most: its picture then shows all that the code draws."""
    code = read_code(path)
    return isinstance(code, str) and count_figures(code) == 1


def has_several_figures(path: Path) -> bool:
    """The opposite of `has_one_figure`."""
    return not has_one_figure(path)


def draws_own_data(path: Path) -> bool:
    """Say whether a seaborn example needs no download: `load_dataset` fetches from the network."""
    return b"load_dataset" not in path.read_bytes()


def _pypi_folder(package: str, folder: str) -> Path:
    return pypi_package(package) / folder


def _info(name: str, license_name: str, origin: str, citation: str) -> SourceInfo:
    return SourceInfo(name, Domain.CHART, (Language.PYTHON,), license_name, origin, citation)


_SKLEARN_DOC = "python-sklearn-doc"
_MATPLOTLIB_CITATION = "J. D. Hunter, Matplotlib: A 2D Graphics Environment, CiSE 9(3), 2007"


def create_sources() -> list[FileSource]:
    """Return the gallery sources. Nothing is read until they are used."""
    matplotlib_root = partial(_pypi_folder, "matplotlib", "galleries")
    matplotlib_version = partial(pypi_version, "matplotlib")
    return [
        FileSource(
            info=_info(
                "matplotlib-gallery",
                "PSF-2.0",
                "PyPI source archive of matplotlib, galleries/, scripts that make one figure",
                _MATPLOTLIB_CITATION,
            ),
            root=matplotlib_root,
            version=matplotlib_version,
            patterns=("**/*.py",),
            keep=has_one_figure,
            edit=drop_gallery_markup,
        ),
        FileSource(
            info=_info(
                "matplotlib-gallery-several",
                "PSF-2.0",
                "PyPI source archive of matplotlib, galleries/, scripts that make several figures",
                _MATPLOTLIB_CITATION,
            ),
            root=matplotlib_root,
            version=matplotlib_version,
            patterns=("**/*.py",),
            keep=has_several_figures,
            edit=drop_gallery_markup,
        ),
        FileSource(
            info=_info(
                "scikit-learn-examples",
                "BSD-3-Clause",
                "Debian package python-sklearn-doc, examples/",
                "Pedregosa et al., Scikit-learn: Machine Learning in Python, JMLR 12, 2011",
            ),
            root=partial(debian_path, _SKLEARN_DOC, f"usr/share/doc/{_SKLEARN_DOC}/examples"),
            version=partial(debian_version, _SKLEARN_DOC),
            patterns=("**/*.py",),
            edit=drop_gallery_markup,
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
