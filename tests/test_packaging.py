"""What the project says it needs is what it imports, bounded, pinned, and tied to no registry."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.imports import PACKAGES, ROOT, imports_of, python_files
from vincicoder.project_files import project_file

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, TOOLS = PYPROJECT["project"], PYPROJECT["tool"]
EXTRAS = ("render", "reward", "sft", "rl", "serve", "ray", "dev")
LOCKED_EXTRAS = ("render", "dev")
# Not in any lock: the right build depends on the machine's GPU.
UNLOCKED = {"torch", "torchvision"}
# Folders whose code may import what an extra brings; all other code lives on the base alone.
EXTRAS_OF_FOLDER = {
    "flows/cluster": ("ray",),
    "vincicoder/evaluate": ("render",),
    "vincicoder/render": ("render", "ray"),
    "vincicoder/similarity": ("reward",),
    "vincicoder/chat": ("serve",),
    "vincicoder/reward": ("render", "reward", "serve", "ray"),
    "vincicoder/train": ("render", "reward", "sft", "rl", "serve"),
    "tests": EXTRAS,
}
# Imported only where a trainer's own environment has it: its pins fit no other part of the project.
ELSEWHERE = {"typst", "vllm"}
# Distributions whose modules have another name, and which `make env` does not install.
NAMED_OTHERWISE = {"hydra": ["hydra-core"], "swift": ["ms-swift"]}
# Base requirements that no code imports.
NOT_IMPORTED = {
    "duckdb-cli": "the interactive client that docs name",
    "sqlalchemy": "Prefect's own: its scheduler needs a release before 2.1",
    "whenever": "Prefect's own, from Python 3.13 on",
}

REQUIREMENTS = ROOT / "requirements"
PYTHON_REQUIREMENTS = sorted(
    {*REQUIREMENTS.glob("lock*.txt"), *REQUIREMENTS.glob("*pypi*.txt"), REQUIREMENTS / "languages.txt"}
)
SYSTEM_REQUIREMENTS = [*sorted(REQUIREMENTS.glob("system*.txt")), REQUIREMENTS / "languages-system.txt"]
ALLOWED_OPTIONS = {"--hash", "--no-binary", "--only-binary"}


def declared(extra: str | None) -> list[Requirement]:
    """Return the requirements of the base (None) or of an extra."""
    texts = PROJECT["dependencies"] if extra is None else PROJECT["optional-dependencies"][extra]
    return [Requirement(text) for text in texts]


@cache
def declared_names(*extras: str | None) -> set[str]:
    return {canonicalize_name(requirement.name) for extra in extras for requirement in declared(extra)}


def pins(text: str) -> dict[str, str]:
    """Return the logical lines of a requirements file (comments gone), by package name."""
    lines = re.sub(r"\\\n", " ", re.sub(r"#.*", "", text)).splitlines()
    found = [line.strip() for line in lines if line.strip() and not line.startswith("--")]
    return {canonicalize_name(line.partition("==")[0]): line for line in found}


def locked_versions(name: str = "lock.txt") -> dict[str, Version]:
    lines = pins((REQUIREMENTS / name).read_text())
    return {name: Version(line.partition("==")[2].split()[0]) for name, line in lines.items()}


def test_the_extras_are_those_of_the_design() -> None:
    assert set(PROJECT["optional-dependencies"]) == set(EXTRAS)


@pytest.mark.parametrize("extra", [None, *EXTRAS])
def test_every_requirement_has_both_bounds(extra: str | None) -> None:
    requirements = declared(extra)
    assert requirements
    assert len({requirement.name for requirement in requirements}) == len(requirements)
    for requirement in requirements:
        operators = {specifier.operator for specifier in requirement.specifier}
        assert {">=", "<"} <= operators, str(requirement)


@pytest.mark.parametrize("path", PYTHON_REQUIREMENTS, ids=lambda path: path.name)
def test_every_pin_is_exact_and_hashed(path: Any) -> None:
    lines = pins(path.read_text())
    assert lines
    for line in lines.values():
        assert re.fullmatch(r"[a-z0-9._-]+==\S+( ; [^\\\n]+)?(\s+--hash=sha256:[0-9a-f]{64})+", line), line


@pytest.mark.parametrize("path", PYTHON_REQUIREMENTS, ids=lambda path: path.name)
def test_no_requirement_file_names_a_registry(path: Any) -> None:
    text = path.read_text()
    assert "://" not in text
    assert set(re.findall(r"(?<!\S)-{1,2}[a-z][a-z-]*", re.sub(r"#.*", "", text))) <= ALLOWED_OPTIONS


def test_the_npm_lock_has_hashes_and_names_no_registry() -> None:
    packages = json.loads((REQUIREMENTS / "corpora-npm/package-lock.json").read_text())["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert fetched
    for name, entry in fetched.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        *(("lock.txt", extra) for extra in (None, *LOCKED_EXTRAS)),
        *(("lock-trainers.txt", extra) for extra in (None, *EXTRAS)),
    ],
)
def test_the_lock_fits_what_is_declared(lock: str, extra: str | None) -> None:
    versions = locked_versions(lock)
    for requirement in declared(extra):
        name = canonicalize_name(requirement.name)
        if name not in UNLOCKED:
            assert requirement.specifier.contains(versions[name]), f"{requirement}: run `make lock`"


def test_the_locks_agree() -> None:
    trainers = locked_versions("lock-trainers.txt")
    assert {name: trainers.get(name) for name in locked_versions()} == locked_versions()


def test_the_lock_can_build_the_project_offline() -> None:
    assert locked_versions()["setuptools"] >= Version("77")


@pytest.mark.parametrize("path", SYSTEM_REQUIREMENTS, ids=lambda path: path.name)
def test_system_packages_are_named_one_a_line(path: Any) -> None:
    lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
    names = [line for line in lines if line]
    assert names
    assert len(names) == len(set(names))
    for name in names:
        assert re.fullmatch(r"\??[a-z0-9][a-z0-9.+-]+", name), name


def distributions_of(module: str) -> set[str]:
    """Return the names of the distributions that bring a top-level module, as installed here."""
    return {
        canonicalize_name(name)
        for name in (installed_modules().get(module) or NAMED_OTHERWISE.get(module, [module]))
    }


@cache
def installed_modules() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def third_party(modules: list[str]) -> set[str]:
    tops = {name.split(".")[0] for name in modules}
    return {
        top
        for top in tops
        if top not in sys.stdlib_module_names and top not in (*PACKAGES, "tests", "benchmarks")
    }


def test_every_import_is_declared() -> None:
    undeclared = set()
    for path in python_files(*PACKAGES, "tests"):
        relative = path.relative_to(ROOT).as_posix()
        extras = [names for folder, names in EXTRAS_OF_FOLDER.items() if relative.startswith(f"{folder}/")]
        allowed = declared_names(None).union(*(declared_names(*names) for names in extras))
        undeclared |= {
            f"{relative} imports {module}"
            for module in third_party(imports_of(path))
            if module not in ELSEWHERE and not distributions_of(module) & allowed
        }
    assert undeclared == set()


def test_every_base_requirement_is_imported() -> None:
    modules = {module for path in python_files(*PACKAGES) for module in third_party(imports_of(path))}
    imported = {name for module in modules for name in distributions_of(module)}
    assert declared_names(None) - imported == set(NOT_IMPORTED)


def test_data_files_are_packaged() -> None:
    """An installed copy, not only an editable one, holds what the code reads from beside it."""
    patterns = TOOLS["setuptools"]["package-data"]
    for package in PACKAGES:
        data = {path for path in (ROOT / package).rglob("*.*") if path.suffix not in {".py", ".pyc"}}
        packaged = {path for pattern in patterns.get(package, []) for path in (ROOT / package).glob(pattern)}
        assert data <= packaged, package


def test_a_wheel_brings_what_messages_tell_users_to_run(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
    ]
    source = tmp_path / "source"  # a build leaves folders in its tree
    ignored = shutil.ignore_patterns(".git", ".venv*", ".mypy_cache", "tests", "docs", "build", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=ignored, symlinks=True)
    subprocess.run([*command, "-w", str(tmp_path), str(source)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        brought = {name.partition("/data/share/vincicoder/")[2] for name in archive.namelist()}
    wanted = [*(ROOT / "scripts").glob("*.sh"), *(ROOT / "recipes").glob("*/*.yaml"), ROOT / "prefect.yaml"]
    wanted += [path for path in (ROOT / "requirements").rglob("*") if path.is_file()]
    assert {str(path.relative_to(ROOT)) for path in wanted} <= brought


def test_a_file_of_the_project_is_found_or_its_absence_explained() -> None:
    assert project_file("scripts/fetch-corpora.sh") == ROOT / "scripts/fetch-corpora.sh"
    with pytest.raises(FileNotFoundError, match=r"none\.sh is neither in .* nor in .*share/vincicoder"):
        project_file("scripts/none.sh")


def test_the_license_is_the_declared_one() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()


def test_scripts_are_executable_and_parse() -> None:
    scripts = [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci/run"]
    for script in scripts:
        assert os.access(script, os.X_OK), script
        shell = script.read_text().splitlines()[0].rpartition("/")[2].split()[-1]
        subprocess.run([shell, "-n", str(script)], check=True)


def make(*arguments: str) -> str:
    command = ["make", "-C", str(ROOT), "--no-print-directory", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_make_help_shows_every_target() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets
    shown = {line.split()[0] for line in make("help").splitlines() if re.match(r"[a-z-]+  ", line)}
    assert shown == set(targets[1].split())


def test_make_test_installs_before_it_tests() -> None:
    steps = make("-n", "test")
    names = ("install-system", "make-env", "fetch-corpora", "ruff", "mypy", "pytest")
    positions = [steps.index(name) for name in names]
    assert positions == sorted(positions)


def test_make_build_uses_the_home_it_is_given() -> None:
    assert '--home "/somewhere else"' in make("-n", "build-sft-data", "VINCICODER_HOME=/somewhere else")
