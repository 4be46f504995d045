#!/usr/bin/env bash
# Make an environment hold exactly the pinned versions of requirements/lock.txt, or with the argument `trainers`
# those of requirements/lock-trainers.txt (a superset) and torch, and this project as an editable
# install. Nothing is removed: a compatible addition of your own stays.
#
#   VENV    its folder (default: .venv)
#   PYTHON  what it is made from (default: what find-python.sh finds)
#
# The stamps inside it record what was installed, so a second run takes a few milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-base}
venv=${VENV:-.venv}
case "$kind" in
base) lock=requirements/lock.txt ;;
trainers) lock=requirements/lock-trainers.txt ;;
*)
    echo "make-env: received '$kind'; allowed are 'base' and 'trainers'" >&2
    exit 1
    ;;
esac

# is_installed KIND: whether the environment holds what the present files ask for.
wanted=$(cat requirements/*.txt pyproject.toml scripts/make-env.sh | sha256sum | cut -d ' ' -f 1)
is_installed() {
    [[ -x $venv/bin/python && -f $venv/.installed-$1 && $(<"$venv/.installed-$1") == "$wanted" ]]
}
if is_installed "$kind" || is_installed trainers; then
    echo "env: $venv is up to date"
    exit 0
fi

if ! $venv/bin/python -c 'import pip' 2>/dev/null; then
    python=${PYTHON:-$(scripts/find-python.sh)}
    echo "env: making $venv with $python"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
rm -f $venv/.installed-*
echo "env: installing the pinned versions of $lock"
$venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "$lock"
if [[ $kind == trainers ]]; then
    # No hash: which build it is depends on the machine (requirements/unlocked.txt).
    $venv/bin/python -m pip install -qq --disable-pip-version-check \
        -c requirements/constraints-cpu.txt torch torchvision
fi
# setuptools is in the lock, so building the project itself fetches nothing.
$venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
    --editable .
$venv/bin/python -m pip check >/dev/null || $venv/bin/python -m pip check >&2
PYTHON=$venv/bin/python scripts/install-browser.sh
echo "$wanted" >"$venv/.installed-$kind"
echo "env: done"
