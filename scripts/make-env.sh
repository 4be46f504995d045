#!/usr/bin/env bash
# Make .venv hold exactly the pinned versions of requirements/lock.txt (or a later, compatible
# addition of your own: nothing is removed), and this project as an editable install.
#
# The stamp inside .venv records what was installed, so a second run takes a few milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.installed
wanted=$(cat requirements/lock.txt pyproject.toml | sha256sum | cut -d ' ' -f 1)
if [[ -x .venv/bin/python && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
    echo "env: .venv is up to date"
    exit 0
fi

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(scripts/find-python.sh)
    echo "env: making .venv with $python"
    rm -rf .venv
    "$python" -m venv .venv
fi
rm -f "$stamp"
echo "env: installing the pinned versions of requirements/lock.txt"
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
    -r requirements/lock.txt
# setuptools is in the lock, so building the project itself fetches nothing.
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
    --editable .
.venv/bin/python -m pip check >/dev/null || .venv/bin/python -m pip check >&2
scripts/install-browser.sh
echo "$wanted" >"$stamp"
echo "env: done"
