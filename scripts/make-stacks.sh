#!/usr/bin/env bash
# Install the stacks: the Python libraries of other years, one environment for each file
# requirements/stacks/NAME.txt. Whatever they hold is pinned with its hash. A second run does no work.
#
#   make-stacks.sh [NAME ...]   default: all of them
#
#   VINCICODER_STACKS  where to put them (default: ~/.local/share/vincicoder/stacks)
#   PYTHON             a Python with pip (default: that of .venv)
set -euo pipefail
cd "$(dirname "$0")/.."

stacks=${VINCICODER_STACKS:-${XDG_DATA_HOME:-$HOME/.local/share}/vincicoder/stacks}
python=$(realpath -s "${PYTHON:-.venv/bin/python}")
if [[ $# -eq 0 ]]; then
    set -- $(cd requirements/stacks && ls -- *.txt | sed 's/\.txt$//')
fi

# install NAME: into the folder where it stays; the stamp at the end says that it is whole.
install() {
    local wanted=requirements/stacks/$1.txt folder=$stacks/$1
    rm -rf "$folder"
    "$python" -m venv --without-pip "$folder"
    "$python" -m pip --python "$folder/bin/python" install -qq --disable-pip-version-check --no-compile \
        --no-deps --require-hashes --only-binary :all: -r "$wanted"
    # Workers write no bytecode. Tests are never imported, plotly's validators are thousands.
    "$folder/bin/python" -m compileall -q -x '/(tests|testing)/|plotly/validators/' "$folder"/lib/python*/site-packages >/dev/null || true
    cp "$wanted" "$folder/.installed"
}

running=()
for name in "$@"; do
    wanted=requirements/stacks/$name.txt
    if [[ ! -f $wanted ]]; then
        echo "make-stacks: received '$name'; there are $(cd requirements/stacks && ls -- *.txt | sed 's/\.txt$//' | xargs)" >&2
        exit 1
    fi
    if cmp -s "$wanted" "$stacks/$name/.installed"; then
        continue
    fi
    version=$(sed -n 's/^# python: //p' "${wanted%.txt}.in")
    if ! "$python" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] not in '$version'.split())"; then
        echo "stacks: $name needs Python ${version// / or }, so it is left out" >&2
        continue
    fi
    echo "stacks: installing $name"
    mkdir -p "$stacks"
    install "$name" &
    running+=($!)
done
for process in "${running[@]}"; do
    wait "$process"
done
echo "stacks: they are in $stacks"
