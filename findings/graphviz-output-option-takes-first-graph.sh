#!/usr/bin/env bash
# Graphviz 2.43 (Debian 12): a file may hold several graphs, and `dot -Tpng` draws each of them. With
# `-o FILE` one would expect all pictures in the file. The first alone is there; the others go to standard
# output, with exit code 0 and no word.
# It matters here because a picture made with `-o` shows a part of what its code draws.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dot -V
echo 'digraph A { a -> b } digraph B { x -> y -> z }' >"$folder/two.gv"
dot -Tpng:cairo "$folder/two.gv" >"$folder/stdout.png"
dot -Tpng:cairo -o"$folder/file.png" "$folder/two.gv" >"$folder/rest.png"
count() { grep -c -a IEND "$1" || true; }
all=$(count "$folder/stdout.png") written=$(count "$folder/file.png") rest=$(count "$folder/rest.png")
echo "without -o: $all pictures; with -o: $written in the file, $rest on standard output"
[[ $all == 2 && $written == 1 && $rest == 1 ]]
