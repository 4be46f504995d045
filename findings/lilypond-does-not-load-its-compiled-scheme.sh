#!/usr/bin/env bash
# Debian 12's LilyPond 2.24.1 ships its Scheme compiled (/usr/lib/*/lilypond/*/ccache, newer than the sources).
# One expects a start to load it. It looks in another folder instead, and reads the whole Scheme as text: one bar
# of music costs about six times the CPU. GUILE_LOAD_COMPILED_PATH set to that folder gives the same PostScript.
# It matters to whoever renders many scores: 2 of 2.5 s a score are spent on this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
dpkg-query -W -f '${Package} ${Version}\n' lilypond
compiled=$(echo /usr/lib/*/lilypond/*/ccache)
ls "$compiled"/lily/*.go | wc -l | sed 's/$/ compiled files are installed/'
echo "{ c'4 d' e' f' | g'1 }" >bar.ly

# user_seconds NAME: engraves the bar, prints the CPU seconds that it took.
user_seconds() {
    { TIMEFORMAT='%U'; time GUILE_AUTO_COMPILE=0 lilypond --ps --loglevel=ERROR -o "$1" bar.ly; } 2>&1
}
user_seconds first >/dev/null
plain=$(user_seconds plain)
GUILE_LOAD_COMPILED_PATH=$compiled
export GUILE_LOAD_COMPILED_PATH
loaded=$(user_seconds loaded)
same=no
cmp -s <(grep -av '^%%' plain.ps) <(grep -av '^%%' loaded.ps) && same=yes
echo "as installed: $plain s of CPU; with the path set: $loaded s; same drawing: $same"
awk -v plain="$plain" -v loaded="$loaded" -v same="$same" \
    'BEGIN { exit !(plain > 2 * loaded && same == "yes") }' || { echo "CHANGED"; exit 1; }
