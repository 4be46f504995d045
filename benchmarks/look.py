"""How long report and browser take on a large release: a real one's rows, many times over.

    python -m benchmarks.look --like RELEASE --json FILE [--rows 1600000]

RELEASE is a release's folder in its home, whose pictures are used. Each copy of a row has an id of its own,
so the catalogue has as much text as a release of that many rows; every picture is there many times. Wall
seconds, and megabytes at most in memory.
"""

from __future__ import annotations

import argparse
import json
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

from storage.catalog_views import add_comments, add_views
from storage.database import create_database

# The tables whose rows are multiplied, with the columns that name rows.
_MULTIPLIED = {
    "samples": ("sample_id", "cluster_id", "target_id"),
    "rejects": ("sample_id",),
    "duplicates": ("removed_id", "kept_id", "compared_id"),
    "flaws": ("sample_id",),
}


def multiply(release: Path, folder: Path, rows: int) -> int:
    """Write a release's catalogue with at least so many samples into a folder; return how many there are."""
    folder.mkdir(parents=True)
    shutil.copy(release / "manifest.json", folder)
    create_database(folder / "catalog.duckdb")
    with duckdb.connect(str(folder / "catalog.duckdb"), config={"memory_limit": "4GB"}) as database:
        database.execute(f"ATTACH '{release / 'catalog.duckdb'}' AS real (READ_ONLY)")
        ((there,),) = database.execute("SELECT count(*) FROM real.samples").fetchall()
        times = -(-rows // there)
        names = database.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'real'"
        ).fetchall()
        for (name,) in names:
            columns = ", ".join(
                f"sha256({column} || copy.range) AS {column}" for column in _MULTIPLIED.get(name, ())
            )
            copies = f", range({times}) AS copy" if columns else ""
            replaced = f"real_rows.* REPLACE ({columns})" if columns else "real_rows.*"
            database.execute(
                f"CREATE TABLE {name} AS SELECT {replaced} FROM real.{name} AS real_rows{copies}"
            )
        database.execute("DETACH real")
        add_views(database, None)
        add_comments(database)
    return int(there * times)


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
        rare, absent = urllib.parse.quote("plt.subplots(2"), "zqxjkv"
        pages = {
            "first_page": "?",
            "filtered": "?language=python",
            "sorted": "?sort=-tokens",
            "a_million_later": "?offset=1000000",
            "search": f"?q={rare}",
            "search_in_vain": f"?q={absent}",
        }
        for name, query in pages.items():
            asked = time.monotonic()
            with urllib.request.urlopen(f"{address}{query}") as response:
                response.read()
            found[f"{name}_seconds"] = round(time.monotonic() - asked, 2)
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        assert peak is not None
        found["memory_mb"] = round(int(peak[1]) / 1024)
        process.terminate()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--like", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_600_000)
    options = parser.parse_args()
    release = options.like.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        (home / "stages").symlink_to(release.parents[2] / "stages")
        folder = home / "releases/sft/many"
        rows = multiply(release, folder, options.rows)
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
