"""Deduplication of synthetic rows with planted duplicates: what is found, what it costs, how that grows.

    python -m benchmarks.dedup --rows 100000 400000 1600000 --json dedup.json

Each number of rows runs in a process of its own, so that `peak_memory_mb` is its own; the rows and their
signatures are in it (made before the clock starts). Per kind: `planted`, `found` (removed for the row it was
made from), `false` (removed though not planted, or for another kind or row), `seconds` (CPU).

`growth` compares the CPU seconds of each size with those of the first, as a power of the rows: 1 is
linear. Programs that a build would read and tokenise again to be sure of a likeness are made again from
numbers here; what tokenising costs is in `signatures`, per sample, of the real programs that packages
ship. There MinHash is compared with datasketch's of the same sets of shingles: `update_batch` on a new
MinHash a program, its usual way (`ratio`), its generator, which shares permutations, and either given
hashes in place of bytes, so that it need not hash them.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasketch
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.clean import read_samples
from benchmarks.dedup_rows import Planted, SyntheticRows, make_rows, signed_rows
from benchmarks.processor_time import own_seconds
from vincicoder.dedup import (
    DuplicateLimits,
    Found,
    Kind,
    exact_duplicates,
    find_duplicates,
    group_numbers,
    preference_order,
)
from vincicoder.dedup.keepers import REMOVED
from vincicoder.dedup.minhash import minhash, program_shingles
from vincicoder.dedup.near_code import PERMUTATIONS
from vincicoder.dedup.normal_form import normal_sha256
from vincicoder.dedup.pairs import RowNumbers

_KINDS = {
    Planted.EXACT_IMAGE: Kind.EXACT_IMAGE,
    Planted.NEAR_IMAGE: Kind.NEAR_IMAGE,
    Planted.NEAR_CODE: Kind.NEAR_CODE,
}


def measure(count: int) -> dict[str, Any]:
    """Deduplicate `count` rows and return the figures."""
    started = time.perf_counter()
    rows, thumbnails = make_rows(count)
    table = rows.table()
    order = preference_order(table)
    groups = group_numbers(table["normal_sha256"])
    _, kept = np.unique(groups[order], return_index=True)
    order = order[np.sort(kept)]
    signed = signed_rows(rows, thumbnails, order, group_numbers(table["pixels_sha256"].take(pa.array(order))))
    del thumbnails
    making = time.perf_counter() - started

    started, cpu_started = time.perf_counter(), own_seconds()
    by_preference = preference_order(table)
    removed, keepers = exact_duplicates(group_numbers(table["normal_sha256"].take(pa.array(by_preference))))
    exact_seconds = own_seconds() - cpu_started
    code = _exact_code(rows, by_preference[removed], by_preference[keepers])
    started_rest = own_seconds()
    table = table.select(["code_characters", "source", "source_id", "sample_id", "pixels_sha256"])
    table = table.take(pa.array(np.setdiff1d(by_preference, by_preference[removed])))
    pixels = group_numbers(table["pixels_sha256"].take(pa.array(preference_order(table))))
    grouping = own_seconds() - started_rest
    assert np.array_equal(pixels, signed.pixel_groups)

    def true_similarity(first: RowNumbers, second: RowNumbers) -> Any:
        return rows.true_similarity(order[first], order[second])

    found = find_duplicates(signed, DuplicateLimits(), true_similarity)
    total, cpu = time.perf_counter() - started, own_seconds() - cpu_started
    kinds = {"exact_code": {**code, "seconds": round(exact_seconds, 2)}, **_kinds(rows, order, found)}
    kinds["exact_image"]["seconds"] = round(kinds["exact_image"]["seconds"] + grouping, 2)
    return {
        "rows": count,
        "kinds": kinds,
        "passes": found.passes,
        "other_seconds": {name: round(found.seconds[name], 2) for name in ("keepers", "clusters")},
        "total_seconds": round(total, 1),
        "cpu_seconds": round(cpu, 1),
        "making_seconds": round(making, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _exact_code(rows: SyntheticRows, removed: RowNumbers, keepers: RowNumbers) -> dict[str, int]:
    planted = rows.planted == Planted.EXACT_CODE
    right = planted[removed] & (rows.origin[removed] == keepers)
    return {"planted": int(planted.sum()), "found": int(right.sum()), "false": int((~right).sum())}


def _kinds(rows: SyntheticRows, order: RowNumbers, found: Found) -> dict[str, dict[str, Any]]:
    removed = np.flatnonzero(found.decisions.state == REMOVED)
    kind = found.decisions.kind[removed]
    keeper, row = order[found.decisions.keeper[removed]], order[removed]
    answers: dict[str, dict[str, Any]] = {}
    for planted, wanted in _KINDS.items():
        asked = kind == wanted
        right = asked & (rows.planted[row] == planted) & (rows.origin[row] == keeper)
        answers[wanted.name.lower()] = {
            "planted": int((rows.planted == planted).sum()),
            "found": int(right.sum()),
            "false": int((asked & ~right).sum()),
            "seconds": round(found.seconds[wanted.name.lower()], 2),
        }
    leave = _leave_for_their_template(rows, order)
    right = (kind == Kind.SAME_TEMPLATE) & leave[row] & (rows.origin[row] == keeper)
    answers["same_template"] = {
        "planted": int(leave.sum()),
        "found": int(right.sum()),
        "false": int(((kind == Kind.SAME_TEMPLATE) & ~right).sum()),
        "seconds": round(found.seconds["same_template"], 2),
    }
    for one in answers.values():
        one["recall"] = round(one["found"] / one["planted"], 4) if one["planted"] else None
        all_found = one["found"] + one["false"]
        one["precision"] = round(one["found"] / all_found, 4) if all_found else None
    return answers


def _leave_for_their_template(rows: SyntheticRows, order: RowNumbers) -> NDArray[np.bool_]:
    """Which rows are to leave: each family's but the first so many, the original among them."""
    family = order[rows.planted[order] == Planted.SAME_TEMPLATE]
    family = family[np.argsort(rows.origin[family], kind="stable")]
    _, first, size = np.unique(rows.origin[family], return_index=True, return_counts=True)
    place = np.arange(family.size) - np.repeat(first, size)
    leave = np.zeros(len(rows.planted), np.bool_)
    leave[family[place >= DuplicateLimits().max_same_template - 1]] = True
    return leave


def signatures(programs: int = 2_000) -> dict[str, Any]:
    """MinHash of the same sets by rensa and by datasketch, and what signing real programs costs."""
    rows, _ = make_rows(programs)
    sets = rows.sets(np.arange(programs))
    few = sets[: programs // 4]
    tokens = [[shingle.tobytes() for shingle in one] for one in few]
    hashes = [(one & np.uint64(0xFFFFFFFF)).tolist() for one in few]

    def one_by_one(**options: Any) -> None:
        for program in tokens if not options else hashes:
            datasketch.MinHash(num_perm=PERMUTATIONS, **options).update_batch(program)

    def shared(**options: Any) -> None:
        # Its generator makes the permutations once: its fastest way.
        list(datasketch.MinHash.generator(hashes if options else tokens, num_perm=PERMUTATIONS, **options))

    ours = _microseconds(lambda: minhash(sets), programs)
    theirs = {
        "new_minhash": _microseconds(one_by_one, len(few)),
        "shared_permutations": _microseconds(shared, len(few)),
        "new_minhash_of_hashes": _microseconds(lambda: one_by_one(hashfunc=int), len(few)),
        "shared_permutations_of_hashes": _microseconds(lambda: shared(hashfunc=int), len(few)),
    }
    real = read_samples("packages", 2_000)
    started = own_seconds()
    shingles = [program_shingles(sample.code, sample.language) for sample in real]
    for view in ("code", "unnamed", "template"):
        minhash([getattr(one, view) for one in shingles])
    views = own_seconds() - started
    started = own_seconds()
    for sample in real:
        normal_sha256(sample.code, sample.language)
    normal = own_seconds() - started
    return {
        "minhash_microseconds": round(ours, 2),
        "ratio": round(theirs["new_minhash"] / ours, 1),
        "datasketch": {
            name: {"microseconds": round(cost, 1), "ratio": round(cost / ours, 1)}
            for name, cost in theirs.items()
        },
        "real_programs": len(real),
        "real_characters": round(sum(len(sample.code) for sample in real) / len(real)),
        "three_views_ms_per_program": round(1e3 * views / len(real), 3),
        "normal_form_ms_per_program": round(1e3 * normal / len(real), 3),
    }


def _microseconds(work: Callable[[], object], programs: int) -> float:
    """Return the CPU time of the fastest of three runs, a program."""
    spent = []
    for _ in range(3):
        started = own_seconds()
        work()
        spent.append(own_seconds() - started)
    return 1e6 * min(spent) / programs


def growth(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each run's cost, and the power of the rows with which CPU time grew since the first."""
    first = runs[0]
    return [
        {
            "rows": run["rows"],
            "total_seconds": run["total_seconds"],
            "cpu_seconds": run["cpu_seconds"],
            "microseconds_per_row": round(1e6 * run["cpu_seconds"] / run["rows"], 1),
            "peak_memory_mb": run["peak_memory_mb"],
            "power": round(
                math.log(run["cpu_seconds"] / first["cpu_seconds"]) / math.log(run["rows"] / first["rows"]), 2
            )
            if run["rows"] != first["rows"]
            else None,
        }
        for run in runs
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    runs = []
    for count in options.rows:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            runs.append(pool.apply(measure, (count,)))
        print(json.dumps(runs[-1], indent=1), flush=True)
    results = {**runs[-1], "growth": growth(runs), "signatures": signatures(), "runs": runs}
    print(json.dumps(results["signatures"], indent=1))
    for line in results["growth"]:
        print(line)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
