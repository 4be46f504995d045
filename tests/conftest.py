"""Which tests are fast, which stay together in one process, and that none is skipped where all tools are.

`make fast` runs what is not marked `tools` or `slow`. Tests of a folder or file named below get the mark
`tools` here; everything else has to pass in the small environment of `make env`, without corpora, within
two minutes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.s3 import S3Server, s3_server

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_TESTS = Path(__file__).parent

# Start renderers, browsers, TeX, trainers or servers, or read the corpora.
_NEED_TOOLS = (
    "clean/test_same_picture.py",
    "conformance",
    "evaluate/test_chartmimic.py",
    "evaluate/test_evaluation.py",
    "evaluate/test_models.py",
    "flows",
    "look",
    "refine/test_judge.py",
    "refine/test_model_build.py",
    "refine/test_model_maker.py",
    "release",
    "render/engine",
    "render/languages",
    "render/sandbox",
    "render/self_check",
    "render/test_golden.py",
    "render/test_own_golden.py",
    "reward",
    "similarity",
    "sources/hub/test_cosyn.py",
    "sources/hub/test_cosyn_drawn.py",
    "sources/test_real_corpora.py",
    "train/test_checkpoints.py",
    "train/test_grpo_run.py",
    "train/test_sft_run.py",
    "train/test_torchvision_cpu.py",
    "verify/test_missing_glyphs.py",
)

# What these tests share (a server, releases, a scorer, a trained model) is made once, in one process.
_SHARE = {
    "flows/test_chain.py": "prefect server",
    "flows/test_prefect_runs.py": "prefect server",
    "flows/test_prefect_server.py": "prefect server",
    "flows/test_two_workers.py": "prefect server",
    "train": "train",
    "reward": "reward",
    "release": "release",
}

ALL_TOOLS = os.environ.get("VINCICODER_ALL_TOOLS") == "1"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs tools where no such test is asked for: it could not even be imported."""
    left_out = "not tools" in config.option.markexpr and _needs_tools(collection_path)
    return True if left_out else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need tools; put what is shared, the longest groups, first in the order above, so
    that no process is left alone with one at the end."""
    for item in items:
        if _needs_tools(item.path):
            item.add_marker("tools")
    place = {group: place for place, group in enumerate(dict.fromkeys(_SHARE.values()))}
    items.sort(key=lambda item: place.get(_group(item.nodeid), len(place)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Give each process of pytest-xdist whole groups, in the order of `items`.

    Not `--dist loadgroup`: with pytest 9.2 and pytest-xdist 3.8 that separates what has the same mark.
    """
    config.option.loadscopereorder = False
    return _ByGroup(config, log)


class _ByGroup(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def _group(nodeid: str) -> str:
    """Return the file of a test, or what it shares with other files; hostile samples go by language."""
    path, _, name = nodeid.removeprefix("tests/").partition("::")
    if path.startswith("conformance/"):
        return f"{path} {name.partition('[')[2].partition('-')[0]}"
    return _SHARE.get(path) or _SHARE.get(path.partition("/")[0], path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test where every tool is promised, unless it is marked `may_skip`."""
    report = yield
    if ALL_TOOLS and report.skipped and not hasattr(report, "wasxfail") and not _may_skip(item):
        why: Any = report.longrepr
        report.outcome = "failed"
        report.longrepr = (
            f"skipped ({why[2] if isinstance(why, tuple) else why}), but VINCICODER_ALL_TOOLS=1 promises "
            "that every tool is installed. Install it, or unset the variable"
        )
    return report


def _needs_tools(path: Path) -> bool:
    relative = path.relative_to(_TESTS).as_posix()
    return any(relative == name or relative.startswith(f"{name}/") for name in _NEED_TOOLS)


def _may_skip(item: pytest.Item) -> bool:
    return item.get_closest_marker("may_skip") is not None


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 server on loopback; this process and those it starts use it by their environment."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.variables.items():
            patch.setenv(name, value)
        yield server
