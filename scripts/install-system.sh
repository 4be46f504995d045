#!/usr/bin/env bash
# Install the Debian or Ubuntu packages that requirements/system*.txt list, or the lists that are named.
#
#   install-system.sh [LIST ...]
#
# Asks for nothing, uses sudo only when not root, and calls apt only for what is missing, so a second
# run takes well under a second. SKIP_SYSTEM=1 leaves the machine alone (then install the
# equivalents yourself: `vincicoder doctor` says what is missing).
set -euo pipefail
cd "$(dirname "$0")/.."

[[ $# -gt 0 ]] || set -- requirements/system*.txt
if [[ "${SKIP_SYSTEM:-}" == 1 ]]; then
    echo "system: skipped, because SKIP_SYSTEM=1"
    exit 0
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "system: this is neither Debian nor Ubuntu. Install the equivalents of $*," \
        "then run again with SKIP_SYSTEM=1." >&2
    exit 1
fi

# Prints the names in the given files that begin with the marker ("?" or nothing), marker removed.
list_packages() {
    local marker=$1
    shift
    sed -e 's/#.*//' -e 's/[[:space:]]*$//' "$@" | sed -n "s/^${marker}\([a-z0-9][a-z0-9.+-]*\)$/\1/p"
}

# Prints those of the given packages that are neither installed nor there as a program of the same
# name: Node's own npm, for one, serves as well as Debian's and excludes it.
list_missing() {
    local installed
    installed=$(dpkg-query -W -f='${binary:Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qE "^${package}(:[a-z0-9]+)? installed$" <<<"$installed" \
            || command -v "$package" >/dev/null || echo "$package"
    done
}

is_available() {
    [[ $(apt-cache policy "$1") == *'Candidate: '[^\(]* ]]
}

mapfile -t required < <(list_packages '' "$@")
mapfile -t optional < <(list_packages '?' "$@")
mapfile -t missing < <(list_missing "${required[@]}")
mapfile -t wanted < <(list_missing "${optional[@]}")

updated=no
as_root() {
    if [[ $EUID -eq 0 ]]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        echo "system: sudo $*"
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@" || {
            echo "system: 'sudo -n $1' failed. Run scripts/install-system.sh as root once, then go on." >&2
            return 1
        }
    else
        echo "system: needs root to install: ${missing[*]}. Run scripts/install-system.sh as root once." >&2
        return 1
    fi
}

update_lists() {
    if [[ $updated == no ]]; then
        as_root apt-get -qq update
        updated=yes
    fi
}

if [[ ${#missing[@]} -gt 0 ]]; then
    update_lists
fi
for package in "${wanted[@]}"; do
    if is_available "$package"; then
        missing+=("$package")
    else
        echo "system: no package $package here; going on without it"
    fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
    echo "system: everything is installed"
    exit 0
fi

update_lists
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "system: installing ${#missing[@]} packages: ${missing[*]}"
as_root apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    install "${missing[@]}" >"$log" 2>&1 </dev/null || {
    tail -n 40 "$log" >&2
    echo "system: apt-get failed; the end of its output is above" >&2
    exit 1
}
echo "system: done"
