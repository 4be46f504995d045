"""How long report and browser take on a large release: a real one's rows, many times over.

    python -m benchmarks.look --like RELEASE --json FILE [--rows 1600000]

RELEASE is a release's folder in its home, whose pictures are used. Each copy of a row has an id of its own,
so the catalogue has as much text as a release of that many rows; every picture is there many times. Wall and
CPU seconds, and megabytes at most in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from storage.catalog_views import add_comments, add_views
from storage.database import create_database

# The tables whose rows are multiplied, with the columns that name rows.
_MULTIPLIED = {
    "samples": ("sample_id", "cluster_id", "target_id"),
    "rejects": ("sample_id",),
    "duplicates": ("removed_id", "kept_id", "compared_id"),
    "flaws": ("sample_id",),
}
# The columns with code, where it is given.
_CODE = {
    "samples": [
        "piece AS code",
        "CASE WHEN flawed_code IS NULL THEN NULL ELSE piece END AS flawed_code",
    ],
    "rejects": ["piece[:2000] AS code_head"],
}

# Of programs: one that some rows have, one that most have, one that none has.
_TEXTS = {"search": "plt.subplots(2", "search_common": "a", "search_in_vain": "zqxjkv"}


def multiply(release: Path, folder: Path, rows: int, code: Path | None) -> int:
    """Write a release's catalogue with at least so many samples into a folder; return how many there are.

    With `code`, each row has a piece of the files in that folder as its code, of 2,000 characters on average:
    so a small release stands for one with many programs that differ.
    """
    folder.mkdir(parents=True)
    shutil.copy(release / "manifest.json", folder)
    create_database(folder / "catalog.duckdb")
    with duckdb.connect(str(folder / "catalog.duckdb"), config={"memory_limit": "4GB"}) as database:
        database.execute("SET enable_progress_bar = false")
        database.execute(f"ATTACH '{release / 'catalog.duckdb'}' AS real (READ_ONLY)")
        ((there,),) = database.execute("SELECT count(*) FROM real.samples").fetchall()
        times = -(-rows // there)
        texts = [] if code is None else _pieces(code)
        pieces = pa.table({"piece": texts, "number": pa.array(range(len(texts)), pa.uint64())})
        database.register("pieces", pieces)
        names = database.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'real'"
        ).fetchall()
        for (name,) in names:
            columns = [f"sha256({one} || copy.range) AS {one}" for one in _MULTIPLIED.get(name, ())]
            copies = f", range({times}) AS copy" if columns else ""
            if pieces.num_rows and name in _CODE:
                columns += _CODE[name]
                copies += (
                    f", pieces WHERE pieces.number = hash(sample_id, copy.range) % {pieces.num_rows}::UBIGINT"
                )
            replaced = f"real_rows.* REPLACE ({', '.join(columns)})" if columns else "real_rows.*"
            database.execute(
                f"CREATE TABLE {name} AS SELECT {replaced} FROM real.{name} AS real_rows{copies}"
            )
        database.unregister("pieces")
        database.execute("DETACH real")
        add_views(database, None)
        add_comments(database)
    return int(there * times)


def _pieces(folder: Path) -> list[str]:
    """Cut the text files of a folder into pieces whose lengths are as different as those of programs."""
    choice = random.Random(1)
    text = "".join(path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*.py")))
    pieces, at = [], 0
    while at < len(text):
        length = min(max(int(choice.lognormvariate(7.3, 0.8)), 200), 20_000)
        pieces.append(text[at : at + length])
        at += length
    return pieces


def measure_report(folder: Path) -> dict[str, Any]:
    """Make the report in a process of its own."""
    target = folder.parent / "report.html"
    program = (
        "import resource, sys; from pathlib import Path; from tasks.look.report import write_report; "
        "write_report(Path(sys.argv[1]), Path(sys.argv[2])); "
        "usage = resource.getrusage(resource.RUSAGE_SELF); "
        "print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(target)], check=True, capture_output=True, text=True
    )
    cpu, memory = map(float, done.stdout.split())
    return {
        "seconds": round(time.monotonic() - started, 2),
        "cpu_seconds": round(cpu, 2),
        "memory_mb": round(memory),
        "report_mb": round(target.stat().st_size / 1e6, 2),
    }


def measure_browser(folder: Path) -> dict[str, Any]:
    """Start the browser and ask for pages."""
    command = [sys.executable, "-m", "flows.cli", "browse", str(folder), "--port", "0"]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]
        found: dict[str, Any] = {"start_seconds": round(time.monotonic() - started, 2)}
        found["start_cpu_seconds"] = round(_cpu_seconds(process.pid), 2)

        def ask(name: str, path: str) -> bytes:
            asked, spent = time.monotonic(), _cpu_seconds(process.pid)
            with urllib.request.urlopen(f"{address}{path}") as response:
                answer: bytes = response.read()
            found[f"{name}_seconds"] = round(time.monotonic() - asked, 2)
            found[f"{name}_cpu_seconds"] = round(_cpu_seconds(process.pid) - spent, 2)
            return answer

        ask("first_page", "?")
        for name, path in _pages(folder).items():
            ask(name, path)
        for name, text in _TEXTS.items():
            for whole in ("", "&whole=1"):
                answer = json.loads(
                    ask(f"{name}{whole and '_whole'}", f"api/samples?q={urllib.parse.quote(text)}{whole}")
                )
                found[f"{name}{whole and '_whole'}"] = {key: answer[key] for key in ("total", "complete")}
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        assert peak is not None
        found["memory_mb"] = round(int(peak[1]) / 1024)
        process.terminate()
    return found


def _cpu_seconds(process: int) -> float:
    """Return the CPU seconds that a process has spent, in all of its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pages(folder: Path) -> dict[str, str]:
    """Name what is asked for beside the first page."""
    with duckdb.connect(str(folder / "catalog.duckdb"), read_only=True) as catalog:
        ids = {
            name: found[0]
            for name, query in {
                "released_sample": "SELECT sample_id FROM samples LIMIT 1 OFFSET 1000",
                "rejected_sample": "SELECT sample_id FROM rejects ORDER BY stage = 'verify' DESC LIMIT 1",
                "sample_with_duplicates": "SELECT mode(kept_id) FROM duplicates HAVING count(*) > 0",
            }.items()
            if (found := catalog.execute(query).fetchone())
        }
        ((language,),) = catalog.execute("SELECT mode(language) FROM samples").fetchall()
    reasons = urllib.parse.quote("SELECT reason, count(*) FROM rejects GROUP BY ALL")
    return {
        "filtered": f"?language={language}",
        "rejected": "?fate=rejected",
        "sorted": "?sort=-tokens",
        "a_million_later": "?offset=1000000",
        **{name: f"sample/{sample_id}" for name, sample_id in ids.items()},
        "sample_by_start": f"sample/{ids['released_sample'][:24]}",
        "sql": f"sql?q={reasons}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--like", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_600_000)
    parser.add_argument("--code", type=Path, help="a folder of .py files, pieces of which are the rows' code")
    options = parser.parse_args()
    release = options.like.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        (home / "stages").symlink_to(release.parents[2] / "stages")
        folder = home / "releases/sft/many"
        rows = multiply(release, folder, options.rows, options.code)
        outcome = {
            "rows": rows,
            "catalog_mb": round((folder / "catalog.duckdb").stat().st_size / 1e6),
            "report": measure_report(folder),
            "browser": measure_browser(folder),
        }
    options.json.write_text(json.dumps(outcome, indent=1))
    print(json.dumps(outcome, indent=1))


if __name__ == "__main__":
    main()
