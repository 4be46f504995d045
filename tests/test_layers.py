"""The habits of the code: imports point downward only, files are short."""

from __future__ import annotations

import statistics

import pytest

from tests.imports import PACKAGES, ROOT, imported_modules, imports_of, python_files

# What each package may import of the other three, and of the orchestrator.
FORBIDDEN = {
    "vincicoder": ("storage", "tasks", "flows", "prefect"),
    "storage": ("tasks", "flows", "prefect"),
    "tasks": ("flows",),
    "flows": (),
}
STORAGE_MAY_KNOW = "vincicoder.sample"

LONGEST_FILE = 500  # lines
LONGEST_MEDIAN = 150  # lines
TRIVIAL_FILE = 10  # lines; shorter ones (package markers) do not count for the median


def forbidden_imports(package: str, modules: list[str]) -> list[str]:
    """Return those of the modules that code of the package must not import."""
    found = [name for name in modules if name.split(".")[0] in FORBIDDEN[package]]
    if package == "storage":
        core = [name for name in modules if name.split(".")[0] == "vincicoder"]
        found += [name for name in core if not f"{name}.".startswith(f"{STORAGE_MAY_KNOW}.")]
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_downward(package: str) -> None:
    files = python_files(package)
    assert files, f"no code in {package}/"
    offences = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in forbidden_imports(package, imports_of(path))
    ]
    assert offences == []


@pytest.mark.parametrize(
    ("package", "source", "offence"),
    [
        ("vincicoder", "def f():\n    import prefect.tasks\n", "prefect.tasks"),
        ("vincicoder", "if TYPE_CHECKING:\n    from storage.home import Home\n", "storage.home.Home"),
        ("vincicoder", "importlib.import_module('tasks.sft.render')\n", "tasks.sft.render"),
        ("storage", "from vincicoder import config\n", "vincicoder.config"),
        ("storage", "from vincicoder.sampler import draw\n", "vincicoder.sampler.draw"),
        ("tasks", "from flows import plan\n", "flows.plan"),
    ],
)
def test_a_wrong_import_is_found(package: str, source: str, offence: str) -> None:
    assert offence in forbidden_imports(package, imported_modules(source, package))


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("vincicoder.render", "from . import api\nfrom ..sample import Reason\nimport numpy\n"),
        ("storage", "from vincicoder.sample import Reason\nfrom vincicoder import sample\nimport pyarrow\n"),
        ("tasks", "import prefect\nfrom storage.home import Home\n"),
        ("flows", "from tasks import render\n"),
    ],
)
def test_a_right_import_passes(package: str, source: str) -> None:
    assert forbidden_imports(package.split(".")[0], imported_modules(source, package)) == []


def test_relative_imports_are_resolved() -> None:
    source = "from ..sample import Reason\nfrom . import api\n"
    assert imported_modules(source, "vincicoder.render") == [
        "vincicoder.sample.Reason",
        "vincicoder.render.api",
    ]


def test_files_are_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in python_files(*PACKAGES, "tests", "benchmarks", "scripts")
    }
    too_long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert too_long == {}
    median = statistics.median(length for length in lengths.values() if length >= TRIVIAL_FILE)
    assert median < LONGEST_MEDIAN
