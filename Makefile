# One file a tool chain: uv lives in .uv/, the environment in .venv/, both made on first use.
export UV_PYTHON_DOWNLOADS := never
# Trust what the machine trusts: companies put a certificate authority of their own there.
export UV_SYSTEM_CERTS := true
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		awk -F'|' '{ printf "  %-11s %s\n", $$1, $$2 }'

.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .uv || \
		{ echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@.uv/bin/pip install -q --disable-pip-version-check uv==0.13.9

.venv/.ok: requirements/dev.txt pyproject.toml | .uv/bin/uv
	@.uv/bin/uv venv -q --allow-existing --python $(PYTHON) .venv
	@.uv/bin/uv pip sync -q --require-hashes --python $(BIN)/python requirements/dev.txt
	@.uv/bin/uv pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

.PHONY: demo
demo: .venv/.ok ## Take the tour in the terminal: stand-ins, the real bot, no accounts
	@$(BIN)/python -m bot sandbox --tour

.PHONY: sandbox
sandbox: .venv/.ok ## Use it in a browser: the real bot between stand-ins for Slack and InfluxDB
	@$(BIN)/python -m bot sandbox

# Tests wait for the disk more than for anything else; memory will do for databases that are thrown
# away, where there is room for them.
ROOMY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 2000000 { print "/dev/shm" }')
export PYTEST_DEBUG_TEMPROOT ?= $(or $(ROOMY),$(TMPDIR),/tmp)

.PHONY: test
test: .venv/.ok ## Run every test, and a share of the kills
	@$(BIN)/python -m pytest

.PHONY: durability
durability: .venv/.ok ## Kill the bot at every step, statement, commit and call there is
	@$(BIN)/python -m pytest tests/durability -m every_point

.PHONY: bench
bench: .venv/.ok ## Measure how fast it is, against what; writes bench/RESULTS.md and the README's table
	@$(BIN)/python -m bench

.PHONY: soak
soak: .venv/.ok ## Use it for a minute with faults on both sides, then as fast as it takes
	@$(BIN)/python -m bench.soak

SEED := $(or $(SEED),$(shell date +%s))

.PHONY: fuzz
fuzz: .venv/.ok ## Try a hundred thousand odd inputs from every side; SEED=… tries the same again
	@echo "To try the same again: make fuzz SEED=$(SEED)"
	@$(BIN)/python -m pytest tests/fuzz -n 2 --hypothesis-profile=whole --hypothesis-seed=$(SEED)

.PHONY: mutants
mutants: .venv/.ok ## Change what decides in small ways, and count the changes that no test notices
	@$(BIN)/python -m tests.mutants.run

.PHONY: screenshots
screenshots: .venv/.ok ## Take the documents' pictures anew, with the machine's Chromium
	@$(BIN)/python -m tests.browser.screenshots

.PHONY: lint
lint: .venv/.ok ## Check style and the directions of imports
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run make fmt"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports

.PHONY: types
types: .venv/.ok ## Check types, strictly
	@$(BIN)/mypy

# Strict: what the index knows no advisories of must not pass for well.
.PHONY: advisories
advisories: .uv/bin/uv ## Ask the package index for known vulnerabilities of what the bot runs on
	@.uv/bin/uv tool run -q pip-audit==2.10.1 --strict --require-hashes --disable-pip \
		-r requirements/run.txt

.PHONY: fmt
fmt: .venv/.ok ## Format the code and mend what the linter can
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

.PHONY: lock
lock: .uv/bin/uv ## Resolve the dependencies anew into requirements/
	@.uv/bin/uv pip compile -q --universal --upgrade --generate-hashes --no-header \
		--python-version 3.11 pyproject.toml -o requirements/run.txt
	@.uv/bin/uv pip compile -q --universal --upgrade --generate-hashes --no-header \
		--python-version 3.11 pyproject.toml --group dev -o requirements/dev.txt
