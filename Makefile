# make test     everything, from a clean clone, installing what it needs
# make quick    Go tests without race, browser and lint
# make console  rebuild the console's committed files
# make bench    the published figures
# make screenshots  the pictures in docs/, taken from the running demo

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
GO ?= go
export CGO_ENABLED ?= 0

.PHONY: test cold quick format lint unit race console console-install console-test browser bench test-long pack screenshots tools-debian vuln

test: tools-debian format lint unit race console-test browser vuln
	@echo "make test: everything passed"

# Chromium and Node come from Debian where we may install; else they must be there.
tools-debian:
	@scripts/install-test-tools.sh

format:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not formatted:"; echo "$$bad"; exit 1; fi

lint:
	$(GO) vet ./...
	cd tools && $(GO) build -o ../bin/ honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...

# Says plainly when the database of known weaknesses cannot be reached.
vuln:
	@scripts/vulncheck.sh

unit:
	$(GO) test ./...

quick:
	$(GO) test ./...

# Race detection needs cgo; the packages with goroutines of their own.
race:
	CGO_ENABLED=1 $(GO) test -race -short ./engine ./httpapi ./notify/... ./journal/... ./store/sqlite ./auth ./clock ./tile ./lab/drive ./advisor ./road ./road/roadtest ./gazetteer

console-install:
	cd console/web && npm ci --no-audit --no-fund

console: console-install
	cd console/web && npm run build

console-test: console-install
	cd console/web && npm run check && npm test
	@scripts/console-matches.sh

browser: console-install
	$(GO) build -o bin/everycall ./cmd/everycall
	cd console/web && EVERYCALL=../../bin/everycall node --test e2e/*.test.mjs

# A newcomer's first minute, from a fresh clone and empty caches.
cold:
	@scripts/cold-demo.sh

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./dispatch ./engine ./schema ./store/sqlite ./recommend ./stats ./httpapi ./road ./tile ./city

test-long:
	$(GO) test ./engine -run TestSimulation -sim.seeds=20000 -timeout 40m
	$(GO) test ./dispatch -run Property -rapid.checks=20000 -timeout 20m

pack:
	$(GO) run ./cmd/everycall import seattle --from ../shared/data/seattle --out city/packs/seattle.pack

screenshots: console-install
	$(GO) build -o bin/everycall ./cmd/everycall
	cd console/web && EVERYCALL=../../bin/everycall node e2e/screenshots.mjs
