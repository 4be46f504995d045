#!/usr/bin/env bash
# Fetch Playwright's headless browser where the distribution packages none (Ubuntu).
set -euo pipefail
cd "$(dirname "$0")/.."

if .venv/bin/python -c '
import sys
from vincicoder.render.languages.browser.chromium import find_chromium
sys.exit(find_chromium() is None)'; then
    exit 0
fi
echo "browser: this machine has none; fetching Playwright's headless shell"
.venv/bin/playwright install --only-shell --with-deps chromium </dev/null
