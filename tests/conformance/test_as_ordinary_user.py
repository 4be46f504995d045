"""The hostile samples that matter most, run by an ordinary user: the sandbox must not need root."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile

import pytest

from vincicoder.render.registry import why_unsupported
from vincicoder.render.sandbox.paths import package_root

_NOBODY = 65534
_SAMPLES = """
python:fork_bomb python:reads_the_canary python:kills_everything python:loopback_connection
python:looks_for_the_secret python:traces_its_parent python:kills_everything_with_pandas
python:looks_for_the_secret_with_pandas python:spoils_the_open_fonts python:limits_its_parent
python:kills_its_parent_by_a_pipe python:leaves_an_access_list python:finds_a_plain_folder
python:many_locked_folders python:locks_what_lies_outside latex:lua_takes_over_the_warm_processes
svg:external_entity html:fetch_loopback html:file_fetch
latex:input_canary latex:lua_environment graphviz:file_as_picture mermaid:pictures_from_loopback
vega-lite:rows_from_file asymptote:read_canary lilypond:read_canary gnuplot:data_of_canary
abc:reads_the_canary r:reads_the_canary r:looks_for_the_secret r:kills_everything
"""


def _selected() -> list[str]:
    names = _SAMPLES.split()
    return [name for name in names if not why_unsupported(name.rpartition(":")[0])]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user; else all tests run as one")
def test_the_sandbox_holds_for_an_ordinary_user() -> None:
    with tempfile.TemporaryDirectory(prefix="vincicoder-user-") as home:  # pytest closes its own to others
        os.chown(home, _NOBODY, _NOBODY)
        _run_samples_as_nobody(home)


def _run_samples_as_nobody(home: str) -> None:
    test = "tests/conformance/test_hostile.py::test_hostile_sample"
    chosen = [f"{test}[{name.replace(':', '-')}]" for name in _selected()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", *chosen],
        cwd=package_root(),
        env={"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"},
        user=_NOBODY,
        group=_NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    # What is installed in root's home is not there for others: such languages are skipped.
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) >= len(chosen) - 2
