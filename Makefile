# Everything a developer or a newcomer runs. All targets work twice in a row.
SHELL := /bin/bash
PYTHON := .venv/bin/python
# Two processes, of which each runs whole files (Python/tests/conftest.py).
PARALLEL := -n 2
PYTEST := CORRAL_BIN=$(CURDIR)/.build/debug/corral $(PYTHON) -m pytest -q $(PARALLEL)
# Tests that do nothing but count would keep the threads from those that have deadlines.
COUNTING := ^(CAPI|EnvironmentScenes|JSON|Manifests|NativeEnvironments|NativeHosts|NumPyRandom|Pictures|Spaces|Trajectories|Zstd)Tests
# Tests that look for what a server leaves behind: no other tests' servers may run in their process.
WITH_SERVERS := Python/tests/dockergym Python/tests/doors Python/tests/rpc Python/tests/e2e
SANITIZERS := ASAN_OPTIONS=detect_leaks=0:exitcode=86 TSAN_OPTIONS=exitcode=86:halt_on_error=0

.PHONY: all bootstrap build library demo test test-long training test-training test-usage wheel bench bench-sessions bench-capacity bench-containers bench-native bench-doors bench-grpc bench-catalog bench-admission bench-fork bench-trajectories sanitize format lint clean

all: build

bootstrap:
	scripts/bootstrap

build: bootstrap
	swift build -c release --product corral
	swift build -c release --product corral-sandbox

# The native environments as a C library, which Python loads (libcorral.so).
library: bootstrap
	scripts/build-library

demo: build
	$(PYTHON) Examples/demo/demo.py --binary .build/release/corral

test: bootstrap
	scripts/check-layers
	swift build --build-tests
	swift test --skip-build --parallel --filter '$(COUNTING)'
	scripts/with-engine swift test --skip-build --parallel --skip '$(COUNTING)'
	scripts/build-library
	$(PYTEST) $(WITH_SERVERS:%=--ignore %) Python/tests Tests/Scripts
	$(PYTEST) $(WITH_SERVERS)

# The full numbers that tests otherwise sample.
test-long: export CORRAL_LONG = 1
test-long: test

# PyTorch and Stable-Baselines3, into an environment of their own: `make test` and `make demo` do without.
training: library
	scripts/virtual-environment .venvs/training Python/requirements/training.txt

test-training: training
	.venvs/training/bin/python -m pytest -q -c Python/pyproject.toml --rootdir Python Python/tests/training

# Usage events in an emulated BigQuery, which is large and has an environment of its own.
test-usage: bootstrap
	swift build --product corral
	scripts/virtual-environment .venvs/bigquery Python/requirements/bigquery.txt
	$(PYTEST) Python/tests/usage

# Wheels with everything inside, in dist/, tried in fresh virtual environments.
wheel: bootstrap
	scripts/build-wheel
	scripts/try-wheel dist/corral-*.whl

# The end-to-end tests against a server with AddressSanitizer, then one with ThreadSanitizer. The launcher stays as it
# is: inside the fence there is no place for a sanitizer's shadow memory.
sanitize: bootstrap
	swift build --product corral-sandbox
	for kind in address thread; do \
		CORRAL_SANITIZED=$$kind swift build --sanitize=$$kind --scratch-path .build/$$kind --product corral && \
		cp .build/debug/corral-sandbox .build/$$kind/debug/corral-sandbox && \
		CORRAL_BIN=$(CURDIR)/.build/$$kind/debug/corral CORRAL_SANITIZED=$$kind $(SANITIZERS) \
			$(PYTHON) -m pytest -q $(PARALLEL) Python/tests/e2e || exit 1; \
	done

bench: bench-sessions bench-containers bench-native bench-catalog

bench-sessions: build
	$(PYTHON) Benchmarks/sessions/bench.py --binary .build/release/corral

bench-capacity: build
	$(PYTHON) Benchmarks/sessions/capacity.py --binary .build/release/corral

bench-containers: build
	$(PYTHON) Benchmarks/containers/bench.py --binary .build/release/corral

bench-grpc: build
	$(PYTHON) Benchmarks/doors/grpc_bench.py --binary .build/release/corral

bench-doors: build
	$(PYTHON) Benchmarks/doors/bench.py --binary .build/release/corral

bench-native: library
	swift build -c release --product corral-bench-native
	scripts/virtual-environment .venvs/native Benchmarks/requirements/native.txt
	.venvs/native/bin/python Benchmarks/native/bench.py

# Forks of live sessions: how long they take, what they need, and what a search gains.
bench-fork: build
	$(PYTHON) Benchmarks/fork/bench.py

# Recorded sessions: what recording costs, how large files are, how soon a step of one is read.
bench-trajectories: build
	$(PYTHON) Benchmarks/trajectories/bench.py

bench-catalog: bootstrap
	swift build -c release --product corral-bench-catalog
	$(PYTHON) Benchmarks/catalog/bench.py

# What the checks find in faulty environments, beside Gymnasium's check_env.
bench-admission: build
	$(PYTHON) Benchmarks/admission/bench.py --binary .build/release/corral

format: bootstrap
	swift format -i -r Package.swift Sources Tests
	.venv/bin/ruff check --quiet --fix .
	.venv/bin/ruff format --quiet .

lint: bootstrap
	swift format lint --strict -r Package.swift Sources Tests
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --quiet --check .
	cd Python && ../.venv/bin/mypy
	scripts/check-layers
	swift build --build-tests

clean:
	rm -rf .build .venv
