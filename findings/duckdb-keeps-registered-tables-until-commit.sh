#!/usr/bin/env bash
# duckdb 2.0.0 with pyarrow 26.0.1: a table that was registered, read by an INSERT and unregistered is to be free.
# Inside a transaction each one stays in memory until the commit, beyond any memory_limit. The same table found by the
# name of a Python variable (a replacement scan) is free at once.
# It matters to whoever fills a large database from Arrow in one transaction, as the catalogue of a release is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check duckdb==2.0.0 pyarrow==26.0.1
cat >fill.py <<'PYTHON'
import sys

import duckdb
import pyarrow as pa

database = duckdb.connect(f"{sys.argv[1]}.duckdb", config={"memory_limit": "200MB"})
database.begin()
database.execute("CREATE TABLE t (code VARCHAR)")
for number in range(10):
    incoming = pa.table({"code": [f"{number} {row} " * 200 for row in range(10_000)]})
    if sys.argv[1] == "registered":
        database.register("rows", incoming)
        database.execute("INSERT INTO t SELECT * FROM rows")
        database.unregister("rows")
    else:
        database.execute("INSERT INTO t SELECT * FROM incoming")
    size = incoming.nbytes
    del incoming
before = pa.total_allocated_bytes()
database.commit()
print(round(before / size), round(pa.total_allocated_bytes() / size))
PYTHON
registered=$(venv/bin/python fill.py registered)
named=$(venv/bin/python fill.py named)
echo "tables of ten in memory before and after the commit: $registered registered, $named found by name"
[[ $registered == "10 0" && $named == "0 0" ]] || { echo "CHANGED"; exit 1; }
