#!/usr/bin/env bash
# Unpack the pieces beside this script and make the environment `env` there, without any network. It sees what
# the Python that is named has too, so that torch need not be carried.
#
#   unpack.sh [PYTHON]      PYTHON is a 3.12 with torch, transformers, peft, accelerate and timm (default: python3)
set -euo pipefail
cd "$(dirname "$0")"

python=${1:-python3}
sha256sum --check --quiet SHA256SUMS
cat piece-* | tar xf -
"$python" -m venv --without-pip env
"$python" -c 'import site; print("\n".join(site.getsitepackages()))' >env/lib/python3.12/site-packages/outer.pth
"$python" -m pip --python env/bin/python install -qq --disable-pip-version-check --no-index --no-deps \
    --find-links wheels --require-hashes --ignore-installed -r wheels/requirements.txt
echo "unpacked: run $PWD/env/bin/python -m benchmarks.gpu --data $PWD/data --json FILE in the checkout"
