#!/bin/sh
# npm test: on a fresh clone it first installs the npm packages; the Debian packages it lacks are the tests' first step.
set -eu

cd "$(dirname "$0")/.."
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci
fi
exec npx tsx scripts/test.ts "$@"
