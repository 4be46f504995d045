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

# Of programs: one that some rows have, one that most have, one that none has.
_TEXTS = {"search": "plt.subplots(2", "search_common": "a", "search_in_vain": "zqxjkv"}


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

        def ask(name: str, path: str) -> bytes:
            asked = time.monotonic()
            with urllib.request.urlopen(f"{address}{path}") as response:
                answer: bytes = response.read()
            found[f"{name}_seconds"] = round(time.monotonic() - asked, 2)
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


def _pages(folder: Path) -> dict[str, str]:
    """Name what is asked for beside the first page."""
    with duckdb.connect(str(folder / "catalog.duckdb"), read_only=True) as catalog:
        ids = {
            name: catalog.execute(query).fetchall()[0][0]
            for name, query in {
                "released_sample": "SELECT sample_id FROM samples LIMIT 1 OFFSET 1000",
                "rejected_sample": "SELECT sample_id FROM rejects WHERE stage = 'verify' LIMIT 1",
                "sample_with_duplicates": "SELECT kept_id FROM duplicates GROUP BY 1 ORDER BY count(*) DESC",
            }.items()
        }
    reasons = urllib.parse.quote("SELECT reason, count(*) FROM rejects GROUP BY ALL")
    return {
        "filtered": "?language=python",
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
