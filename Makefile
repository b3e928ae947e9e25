# Everything a developer or a newcomer runs. All targets work twice in a row.
SHELL := /bin/bash
PYTHON := .venv/bin/python
export CORRAL_BIN ?=

.PHONY: all bootstrap build demo test test-long bench bench-sessions sanitize format lint clean

all: build

bootstrap:
	scripts/bootstrap

build: bootstrap
	swift build -c release --product corral
	swift build -c release --product corral-sandbox

demo: build
	$(PYTHON) Examples/demo/demo.py --binary .build/release/corral

test: bootstrap
	scripts/check-layers
	swift build --build-tests
	swift test --skip-build --parallel
	CORRAL_BIN=$(CURDIR)/.build/debug/corral $(PYTHON) -m pytest Python/tests -q

format:
	swift format -i -r Package.swift Sources Tests

lint: bootstrap
	swift format lint --strict -r Package.swift Sources Tests
	scripts/check-layers
	swift build --build-tests

clean:
	rm -rf .build .venv
