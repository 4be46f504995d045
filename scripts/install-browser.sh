#!/usr/bin/env bash
# Fetch Playwright's headless browser where the distribution packages none (Ubuntu).
#
#   PYTHON  the project's Python (default: that of .venv)
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-.venv/bin/python}
if "$python" -c '
import sys
from vincicoder.render.languages.browser.chromium import find_chromium
sys.exit(find_chromium() is None)'; then
    exit 0
fi
echo "browser: this machine has none; fetching Playwright's headless shell"
"$python" -m playwright install --only-shell --with-deps chromium </dev/null
