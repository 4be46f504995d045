#!/usr/bin/env bash
# Prefect 3.8.8 with SQLAlchemy 2.1.9, which its requirement `SQLAlchemy>=2.0` allows and pip takes.
# Expected: a deployment with an active schedule gets runs within a minute, as with SQLAlchemy 2.0.58.
# What happens: the scheduler fails in each loop ("Can't evaluate bulk DML statement"), and no run is ever made.
# Only the server's log says so: the schedule is shown as active and the health check passes.
# Why it matters here: the nightly build never started. `pyproject.toml` bounds both.
set -euo pipefail
folder=$(mktemp -d)
server=
cleanup() {
    if [[ -n $server ]]; then kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap cleanup EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check prefect==3.8.8 fastapi==0.150.0 sqlalchemy==2.1.9
port=$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PREFECT_HOME=$folder PREFECT_API_URL=http://127.0.0.1:$port/api
export PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
export PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS=5
set -m
"$folder/venv/bin/prefect" server start --host 127.0.0.1 --port "$port" >"$folder/server.log" 2>&1 &
server=$!
set +m
"$folder/venv/bin/python" - "$folder/server.log" <<'PYTHON'
import json, os, sys, time, urllib.request
from importlib.metadata import version

def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["PREFECT_API_URL"] + path, data, {"Content-Type": "application/json"})
    for _ in range(240):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except OSError:  # not up yet, or its database is locked
            time.sleep(0.5)
    sys.exit("no server within two minutes")

call("/health")
flow = call("/flows/", {"name": "flow"})["id"]
schedule = {"schedule": {"interval": 3600, "timezone": "UTC"}, "active": True}
call("/deployments/", {"name": "hourly", "flow_id": flow, "schedules": [schedule]})
message = "Can't evaluate bulk DML statement"
for _ in range(60):
    time.sleep(1)
    runs = call("/flow_runs/filter", {})
    errors = open(sys.argv[1], errors="replace").read().count(message)
    if runs or errors > 5:
        break
print(f"prefect {version('prefect')}, sqlalchemy {version('sqlalchemy')}: {len(runs)} runs scheduled, {errors} times {message!r}")
sys.exit(0 if not runs and errors else 1)
PYTHON
