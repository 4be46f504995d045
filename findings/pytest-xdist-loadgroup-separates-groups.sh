#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0: `-n 2 --dist loadgroup` is to keep tests with one xdist_group mark in one
# process. They are spread over both, without a word (with pytest 8.4.2 they stay together). Expensive shared
# fixtures are then made twice, and tests that must not run side by side do.
# It matters to every suite that renders or trains once for a group.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >test_group.py <<'PYTHON'
import time
import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_member(number):
    time.sleep(0.2)
PYTHON

# processes PYTEST: how many processes ran the eight tests of one group.
processes() {
    python3 -m venv "venv-$1"
    "venv-$1/bin/pip" install -qq --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    "venv-$1/bin/pytest" -n 2 --dist loadgroup -v test_group.py |
        grep -o '^\[gw[01]\] .*PASSED' | cut -d ' ' -f 1 | sort -u | wc -l
}
before=$(processes 8.4.2)
now=$(processes 9.2.0)
echo "one group of eight tests ran in $before process with pytest 8.4.2, in $now with pytest 9.2.0"
[[ $before == 1 && $now == 2 ]] || { echo "CHANGED"; exit 1; }
