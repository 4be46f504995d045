"""The commands' exit codes and JSON, as a shell sees them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.corpora import write_corpus
from tests.samples import CHART, CIRCLE, FIGURE, GOOD, PAGE, rows
from vincicoder import __version__
from vincicoder.render.registry import why_unsupported


def vincicoder(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.py", CHART.format(values="1, 2, 3", title="x")),
        ("a.svg", CIRCLE.format(radius=20, fill="navy")),
        ("a.html", PAGE.format(title="x")),
        ("a.tex", FIGURE.format(x=2)),
        ("a.gv", "digraph { a -> b }"),
    ],
)
def test_render_writes_a_png(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(code)
    done = vincicoder("render", str(tmp_path / name), "-o", str(tmp_path / "out.png"), "--json")
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    assert (outcome["status"], outcome["reason"]) == ("rendered", None)
    assert outcome["width"] > 50 and outcome["height"] > 50 and outcome["seconds"] > 0
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_render_blames_the_sample_with_exit_3(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import matplotlib.pyplot as plt\nplt.plot([1], [1, 2])\n")
    done = vincicoder("render", str(tmp_path / "a.py"), "-o", str(tmp_path / "out.png"), "--json")
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 3
    assert (outcome["status"], outcome["reason"]) == ("rejected", "render.error")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.skipif(bool(why_unsupported("python-2022")), reason=why_unsupported("python-2022"))
def test_render_says_which_libraries_drew_and_what_failed_before(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import matplotlib.pyplot as plt\nplt.style.use('seaborn')\nplt.plot([1, 2])\n"
    )
    command = ("render", str(tmp_path / "a.py"), "-o", str(tmp_path / "out.png"), "--json")
    outcome = json.loads(vincicoder(*command).stdout.splitlines()[-1])
    assert (outcome["status"], outcome["stack"]) == ("rendered", "2022")
    told = [
        [one[key] for key in ("stack", "reason", "library", "name", "since")] for one in outcome["before"]
    ]
    assert told == [
        [stack, "render.removed_name", "matplotlib", "style.seaborn", "3.8"] for stack in ("2026", "2024")
    ]
    done = vincicoder(*command, "--stack", "2026")
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, outcome["reason"], outcome["stack"]) == (3, "render.removed_name", "2026")
    assert vincicoder(*command, "--stack", "2019").returncode == 2


def test_render_of_an_unknown_suffix_says_which_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.cob").write_text("x")
    done = vincicoder("render", str(tmp_path / "a.cob"), "-o", str(tmp_path / "out.png"))
    assert done.returncode == 2
    assert ".tex" in done.stderr


def test_doctor_finds_the_main_job_ready() -> None:
    done = vincicoder("doctor", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["ok"] is True
    names = {(check["area"], check["name"]): check["ok"] for check in report["checks"]}
    assert all(names["renderers", language] for language in ("python", "html", "svg", "latex"))
    assert {name for area, name in names if area == "stacks"} >= {"2022", "2024", "2026"}
    assert ("sandbox", "seccomp") in names and ("corpora", "openclipart") in names


def test_doctor_says_what_an_environment_can_do(tmp_path: Path) -> None:
    done = vincicoder("doctor", "--environment", sys.executable, "--json")
    report = json.loads(done.stdout)
    found = {check["name"]: check["ok"] for check in report["checks"]}
    trains = find_spec("swift") is not None
    assert (done.returncode, report["ok"]) == ((0, True) if trains else (1, False))
    assert found == {
        sys.executable: trains,
        "SFT and GRPO with ms-swift": trains,
        "GRPO with verl": find_spec("verl") is not None,
        "sampling": find_spec("torch") is not None,
    }
    done = vincicoder("doctor", "--environment", str(tmp_path / "python"))
    assert done.returncode == 1
    assert "which is no program here" in done.stdout
    empty = tmp_path / "[bold]" / "empty"  # what is printed of it is no markup
    run_venv = subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(empty)], check=False)
    assert run_venv.returncode == 0
    done = vincicoder("doctor", "--environment", str(empty / "bin" / "python"))
    assert done.returncode == 1
    assert f"{empty}/bin/python has no verl; install vincicoder[rl] there" in done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    config = write_corpus(folder, "own", rows([case for case in GOOD if case[2] in ("svg", "graphviz")]))
    done = vincicoder(
        "build",
        "sft",
        "--profile",
        "none",
        "--source-config",
        str(config),
        "--home",
        str(folder / "home"),
        "--json",
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert (answer["collected"], answer["kept"], answer["rejected"]) == (2, 2, 0)
    return folder / "home"


def test_audit_passes_and_release_show_prints(home: Path) -> None:
    done = vincicoder("audit", "--home", str(home))
    assert done.returncode == 0, done.stdout
    assert "all invariants hold" in done.stdout
    shown = vincicoder("release", "show", "--home", str(home))
    assert shown.returncode == 0
    assert "train-00000-of-00001.parquet" in shown.stdout


@pytest.mark.parametrize("damage", ["flip", "delete"])
def test_audit_finds_a_damaged_release(home: Path, damage: str, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy, symlinks=True)
    victim = next((copy / "releases/sft").glob("*/data/train-*.parquet"))
    if damage == "flip":
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
    else:
        victim.unlink()
    done = vincicoder("audit", "--home", str(copy))
    assert done.returncode == 1
    assert "train-00000-of-00001.parquet" in done.stdout


def test_audit_finds_a_lost_reject(home: Path, tmp_path: Path) -> None:
    import duckdb

    copy = tmp_path / "home"
    shutil.copytree(home, copy, symlinks=True)
    with duckdb.connect(str(next((copy / "releases/sft").glob("*/catalog.duckdb")))) as catalog:
        catalog.execute(
            "UPDATE stages SET rows_in = rows_in + 1 WHERE stage = 'verify' AND source = 'own-svg'"
        )
    done = vincicoder("audit", "--home", str(copy), "--json")
    assert done.returncode == 1
    broken = json.loads(done.stdout)["broken"]
    assert any("rows in must be kept + rejected" in line for line in broken)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "sft", "--profile", "nope"], "unknown profile 'nope'"),
        (["build", "sft", "--limit", "0"], "limit"),
        (["build", "sft", "--recipe", "nope", "--limit", "5"], "received recipe 'nope'"),
        (["build", "sft", "--profile", "none"], "no source was named"),
        (["audit"], "no release"),
    ],
)
def test_mistakes_end_with_one_clear_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = vincicoder(*arguments, "--home", str(tmp_path / "empty"))
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_the_projects() -> None:
    assert vincicoder("--version").stdout == f"vincicoder {__version__}\n"


def test_sources_in_a_pipe_are_whole_and_do_not_ask_the_hub() -> None:
    done = vincicoder("sources")
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} >= {"source", "startbootstrap-sb-admin-2", "vincicoder-rl"}
    assert not set("│┃─…") & set(done.stdout)
    listed = {entry["name"]: entry for entry in json.loads(vincicoder("sources", "--json").stdout)}
    assert listed["web2code"]["available"] is None and listed["msrl"]["available"] is False
    assert listed["lucide"]["size"].endswith(" rows")
