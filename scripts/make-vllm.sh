#!/usr/bin/env bash
# Make an environment with vLLM, which samples answers: `--environment` takes its bin/python. It is not
# .venv: vLLM's pins and the trainers' exclude each other. A second run does no work.
#
#   VINCICODER_VLLM  where to put it (default: ~/.local/share/vincicoder/vllm)
#   PYTHON           a Python of 3.11 (without a GPU) or 3.12 (with one)
#
# Which build is installed depends on whether nvidia-smi lists a GPU.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${VINCICODER_VLLM:-${XDG_DATA_HOME:-$HOME/.local/share}/vincicoder/vllm}
kind=cpu version=3.11
if nvidia-smi -L 2>/dev/null | grep -q GPU; then
    kind=gpu version=3.12
fi
wanted=requirements/vllm/$kind.txt
python=${PYTHON:-$(command -v "python$version" || true)}
if [[ -z $python ]]; then
    echo "vllm: Python $version is needed for the pins of $wanted, and there is none: install it, or name it in PYTHON" >&2
    exit 1
fi
if cmp -s "$wanted" "$folder/.installed"; then
    echo "vllm: everything is there"
    exit 0
fi
echo "vllm: installing the pinned versions of $wanted (some GB) with $python"
rm -rf "$folder"
"$python" -m venv "$folder"
if [[ $kind == cpu ]]; then
    # No hash: which build it is depends on the machine (requirements/unlocked.txt).
    "$folder/bin/python" -m pip install -qq --disable-pip-version-check \
        -c requirements/constraints-cpu.txt torch torchvision
fi
"$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: -r "$wanted"
cp "$wanted" "$folder/.installed"
echo "vllm: it is in $folder; sample with --environment $folder/bin/python"
