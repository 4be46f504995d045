"""The habits of the code: imports point downward only, files are short."""

from __future__ import annotations

import statistics

import pytest

from tests.imports import PACKAGES, ROOT, circles, imported_modules, imports_of, module_graph, python_files

# What each package may import of the other three, and of the orchestrator.
FORBIDDEN = {
    "vincicoder": ("storage", "tasks", "flows", "prefect"),
    "storage": ("tasks", "flows", "prefect"),
    "tasks": ("flows",),
    "flows": (),
}
STORAGE_MAY_KNOW = "vincicoder.sample"

# Rooms inside the core, and those that their files must not import: whatever passes between the engine and
# its workers does so by `vincicoder.render.wire`.
CLOSED_ROOMS = {
    "vincicoder.render.engine": ("vincicoder.render.worker",),
    "vincicoder.render.worker": ("vincicoder.render.engine",),
    "vincicoder.similarity": ("vincicoder.train", "vincicoder.reward"),
    "vincicoder.reward": ("vincicoder.train",),
}

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


@pytest.mark.parametrize("room", CLOSED_ROOMS)
def test_a_room_keeps_out_of_the_rooms_that_are_closed_to_it(room: str) -> None:
    graph = module_graph()
    inside = [name for name in graph if f"{name}.".startswith(f"{room}.")]
    assert inside, f"no code in {room}"
    offences = [
        f"{name} imports {imported}"
        for name in inside
        for imported in sorted(graph[name])
        if f"{imported}.".startswith(tuple(f"{closed}." for closed in CLOSED_ROOMS[room]))
    ]
    assert offences == []


def test_nothing_imports_in_a_circle() -> None:
    """Not even inside functions or for types alone: who reads one module of a circle has to read them all."""
    graph = module_graph()
    assert "vincicoder.render.languages.svg.spec" in graph["vincicoder.render.registry"]
    assert "vincicoder.render.languages.svg.renderer" in graph["vincicoder.render.languages.svg.spec"]
    assert circles(graph) == []


def test_a_circle_is_found() -> None:
    graph = {"a": ["b"], "b": ["c", "e"], "c": ["a"], "d": ["a", "d"], "e": []}
    assert circles(graph) == [["a", "b", "c"]]


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
