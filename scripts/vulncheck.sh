#!/usr/bin/env bash
# Looks for known weaknesses in what we import. The database is on the network:
# where it cannot be reached, this says so and does not fail.
set -euo pipefail
(cd tools && go build -o ../bin/ golang.org/x/vuln/cmd/govulncheck)
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if timeout 120 bin/govulncheck ./... >"$out" 2>&1; then
  echo "govulncheck: nothing known"
  exit 0
fi
if grep -qiE 'dial tcp|no such host|connection refused|proxyconnect|timeout|fetching vulnerabilities|Forbidden|reading .*vuln' "$out" && ! grep -q '^Vulnerability #' "$out"; then
  echo "govulncheck: NOT CHECKED, its database cannot be reached from here"
  exit 0
fi
cat "$out"
exit 1
