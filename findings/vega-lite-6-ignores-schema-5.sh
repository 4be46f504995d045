#!/usr/bin/env bash
# npm vega-lite 5.23.0 and 6.5.0. One expects a specification whose `$schema` says version 5 to keep the sizes
# of version 5, or a warning. Version 6 compiles it without a word and makes a plot without `width` and
# `height` 300x300 where version 5 made it 200x200.
# Why it matters here: corpora are full of version-5 specifications beside pictures that version 5 drew. Drawn
# anew they differ from their own pictures in size, and models learn a size that the specification never meant.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix old vega-lite@5.23.0 vega@5.33.0 >/dev/null 2>&1
npm install --silent --no-audit --no-fund --prefix new vega-lite@6.5.0 vega@6.4.0 >/dev/null 2>&1
cat >size.mjs <<'JS'
const spec = {
  $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
  data: {values: [{a: 1, b: 2}, {a: 3, b: 5}]},
  mark: 'point',
  encoding: {x: {field: 'a', type: 'quantitative'}, y: {field: 'b', type: 'quantitative'}},
};
const sizes = {};
const builds = {old: 'vega-lite.js', new: 'index.js'};
for (const name of ['old', 'new']) {
  const module = await import(`./${name}/node_modules/vega-lite/build/${builds[name]}`);
  const {compile, version} = module.compile ? module : module.default;
  const warnings = [];
  const logger = {level: () => logger, error: (...m) => (warnings.push(m), logger),
    warn: (...m) => (warnings.push(m), logger), info: () => logger, debug: () => logger};
  const compiled = compile(spec, {logger}).spec;
  sizes[name] = `${compiled.width}x${compiled.height}`;
  console.log(`vega-lite ${version}: ${sizes[name]}, ${warnings.length} warnings`);
}
process.exit(sizes.old === '200x200' && sizes.new === '300x300' ? 0 : 1);
JS
node size.mjs
