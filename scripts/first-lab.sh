#!/bin/sh
# One command on a fresh machine: installs what is missing, builds labgen, makes the node image, brings a lab up and
# proves it. Run again, it does only what has changed.
#
#   scripts/first-lab.sh [LAB]        LAB: gre unless given; the files are put into out/LAB
set -eu

cd "$(dirname "$0")/.."
lab=${1:-gre}

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ]; then
  echo "labgen needs Node.js 20 or later; found: $(node --version 2>/dev/null || echo none)." >&2
  exit 3
fi
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci
fi
npx tsx scripts/requirements.ts labs box
npm run --silent build
exec node dist/labgen.cjs up "$lab" -o "out/$lab"
