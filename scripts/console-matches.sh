#!/usr/bin/env bash
# Builds the console into another folder and compares it with the committed files.
set -euo pipefail
cd "$(dirname "$0")/../console/web"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
npx vite build --outDir "$out" --emptyOutDir >/dev/null
diff -r -x SOURCE.sha256 "$out" ../dist || { echo "console/dist is not what console/web builds: run make console and commit it" >&2; exit 1; }
