#!/usr/bin/env bash
# Print the Python that .venv is made from: the distribution's own where its version fits (it is
# built with profile-guided optimisation and draws charts faster), else the first fitting one in PATH.
set -euo pipefail

fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    path=$(command -v "$candidate") || continue
    if fits "$path"; then
        echo "$path"
        exit 0
    fi
done
echo "find-python: found no Python 3.11 to 3.13 with venv and ensurepip. Install one (on Debian:" \
    "python3 and python3-venv) and put it in PATH." >&2
exit 1
