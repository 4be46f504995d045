#!/usr/bin/env bash
# Fetch the JavaScript libraries of a list, by default requirements/render-npm.list, at their pinned versions
# and hashes: one file each, not the hundreds of packages that an installation would bring. A second run does no work.
#
#   scripts/fetch-libraries.sh [LIST]
#   VINCICODER_LIBRARIES  where to put them (default: ~/.local/share/vincicoder/libraries)
set -euo pipefail
cd "$(dirname "$0")/.."

libraries=${VINCICODER_LIBRARIES:-${XDG_DATA_HOME:-$HOME/.local/share}/vincicoder/libraries}
list=${1:-requirements/render-npm.list}
mapfile -t wanted < <(grep -v '^#' "$list")

missing=()
for line in "${wanted[@]}"; do
    read -r package integrity file <<<"$line"
    [[ -f "$libraries/${package/@/-}/$(basename "$file")" ]] || missing+=("$line")
done
if [[ ${#missing[@]} -eq 0 ]]; then
    echo "libraries: everything is there"
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "libraries: no npm here, so what draws with the libraries of $list cannot be drawn; going on without" >&2
    exit 0
fi

mkdir -p "$libraries"
temporary=$(mktemp -d "$libraries/.fetch.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
for line in "${missing[@]}"; do
    read -r package integrity file <<<"$line"
    echo "libraries: fetching $package"
    archive=$(npm pack --silent --ignore-scripts --pack-destination "$temporary" "$package" </dev/null)
    received="sha512-$(openssl dgst -sha512 -binary "$temporary/$archive" | base64 -w 0)"
    if [[ $received != "$integrity" ]]; then
        echo "libraries: $package has the hash $received; $list wants $integrity" >&2
        exit 1
    fi
    mkdir "$temporary/kept"
    tar -xzf "$temporary/$archive" -O "package/$file" >"$temporary/kept/$(basename "$file")"
    rm -rf "$libraries/${package/@/-}"
    mv "$temporary/kept" "$libraries/${package/@/-}" # appears whole or not at all
done
echo "libraries: they are in $libraries"
