#!/bin/sh
# Fetches the packages whose content the embedded profiles read, at pinned versions and hashes, and
# unpacks them under one folder outside the repository. Asks for nothing; a second run does no work.
#
#   VINCICODER_CORPORA  where to put them (default: ~/.local/share/vincicoder/corpora)
#   PYTHON              a Python with pip (default: python3)
#
# Debian packages (requirements/system-corpora.txt) are installed by the system script. Where the
# system's dpkg is told to leave documentation out, as small container images do, this script unpacks
# their documentation under the same folder instead.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
corpora=${VINCICODER_CORPORA:-${XDG_DATA_HOME:-$HOME/.local/share}/vincicoder/corpora}
python=${PYTHON:-python3}
mkdir -p "$corpora"
temporary=$(mktemp -d "$corpora/.fetch.XXXXXX")
trap 'rm -rf "$temporary"' EXIT

# unpack ARCHIVE: into pypi/<name>-<version>; the rename at the end makes it appear whole or not at all.
unpack() {
    folder=$(basename "$1")
    case "$folder" in
    *.whl) # name-version-tags.whl: keep name-version
        folder=$(echo "$folder" | cut -d- -f1-2)
        mkdir "$temporary/$folder"
        "$python" -m zipfile -e "$1" "$temporary/$folder"
        ;;
    *.tar.gz)
        folder=${folder%.tar.gz}
        tar -xzf "$1" -C "$temporary"
        ;;
    *)
        echo "fetch-corpora: $1 is neither a wheel nor a .tar.gz" >&2
        exit 1
        ;;
    esac
    rm -rf "$corpora/pypi/$folder"
    mv "$temporary/$folder" "$corpora/pypi/$folder"
}

fetch_pypi() {
    wanted="$repository/requirements/corpora-pypi.txt"
    stamp="$corpora/pypi/corpora-pypi.txt"
    if cmp -s "$wanted" "$stamp"; then
        echo "fetch-corpora: PyPI archives are up to date"
        return
    fi
    echo "fetch-corpora: downloading PyPI archives"
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
        --requirement "$wanted" --dest "$temporary/archives"
    rm -rf "$corpora/pypi"
    mkdir -p "$corpora/pypi"
    for archive in "$temporary"/archives/*; do
        unpack "$archive"
    done
    cp "$wanted" "$stamp"
}

fetch_npm() {
    wanted="$repository/requirements/corpora-npm"
    if cmp -s "$wanted/package-lock.json" "$corpora/npm/installed-package-lock.json"; then
        echo "fetch-corpora: npm packages are up to date"
        return
    fi
    echo "fetch-corpora: downloading npm packages"
    mkdir -p "$corpora/npm"
    rm -f "$corpora/npm/installed-package-lock.json"
    cp "$wanted/package.json" "$wanted/package-lock.json" "$corpora/npm/"
    (cd "$corpora/npm" && npm ci --ignore-scripts --no-audit --no-fund --silent)
    cp "$wanted/package-lock.json" "$corpora/npm/installed-package-lock.json"
}

# fetch_documentation PACKAGE PATH: nothing to do where dpkg has put PATH on the system.
fetch_documentation() {
    if [ -e "/$2" ] || [ -e "$corpora/debian/$2" ]; then
        return
    fi
    if ! command -v apt-get >/dev/null; then
        echo "fetch-corpora: no /$2 and no apt-get: the sources in $1 will be unavailable" >&2
        return
    fi
    echo "fetch-corpora: unpacking the documentation of $1"
    mkdir -p "$temporary/deb"
    (cd "$temporary/deb" && apt-get download --quiet "$1")
    mkdir -p "$corpora/debian"
    dpkg-deb --extract "$temporary/deb/$1"_*.deb "$corpora/debian"
}

fetch_pypi
fetch_npm
fetch_documentation texlive-pictures-doc usr/share/doc/texlive-doc/generic/pgf
fetch_documentation texlive-science-doc usr/share/doc/texlive-doc/latex/cryptocode
fetch_documentation libjs-bootstrap5-doc usr/share/doc/libjs-bootstrap5/examples
fetch_documentation graphviz-doc usr/share/doc/graphviz/examples
fetch_documentation python-sklearn-doc usr/share/doc/python-sklearn-doc/examples
fetch_documentation openclipart-svg usr/share/openclipart/svg
echo "fetch-corpora: corpora are in $corpora"
