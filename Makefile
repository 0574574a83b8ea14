# The commands of this checkout. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test test-browser faults faults-full security check lint types format css css-check screenshots migrations shell clean

# Programs start often here; without the compiled modules that Python keeps, each start takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
export PORT ?= 8000
export SANDBOX_PORT ?= 8900
PYTHON := .venv/bin/python
MANAGE := DEMO=1 LOG_LEVEL=WARNING $(PYTHON) manage.py
SEED ?= 1
PART ?= 0
# One more process than the machine has cores, because some tests wait for a clock.
PARALLEL ?= --numprocesses $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1))) --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# Three rows of the fault harness are measured at once: some wait most of the time, others are busy.
AT_ONCE := --numprocesses 3 --dist load --maxschedchunk 1

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything for working on the wallet (does nothing when nothing changed)
	@bin/setup

demo: ## run the whole wallet on this machine (PORT=8000 SANDBOX_PORT=8900)
	@bin/setup run
	@exec $(PYTHON) -m walletapp.demo

demo-reset: ## forget everything the demo has stored
	@bin/setup run
	@$(PYTHON) -m walletapp.demo --reset

test: setup ## run the tests (ARGS="tests/wallet -x" for some of them)
	@$(PYTHON) -m pytest -m "not browser and not faults and not security" $(PARALLEL) $(ARGS)

test-browser: setup ## walk the journeys in Chromium (CHROMIUM=/usr/bin/chromium)
	@$(PYTHON) -m pytest -m browser --override-ini "testpaths=tests/browser tests/web" $(PARALLEL) --dist loadgroup $(ARGS)

faults: setup ## prove that money moves exactly once, whatever dies, hangs, lies or repeats (SEED=1)
	@$(PYTHON) -m pytest tests/faults -m faults --size quick --seed $(SEED) $(AT_ONCE) $(ARGS)

faults-full: setup ## one row of that at full size, going on where it was interrupted (PART=1 to 10, SEED=1)
	@$(PYTHON) -m pytest tests/faults -m faults --size full --part $(PART) --seed $(SEED) $(ARGS)

security: setup ## sweep every page, header, form and guard for what must not be (ARGS="-k headers" for some)
	@$(PYTHON) -m pytest tests/security -m security --size quick --seed $(SEED) $(ARGS)

check: setup lint types ## everything that is not a test: style, types, imports, migrations, security

lint: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m djlint --quiet --lint templates
	@.venv/bin/lint-imports --no-logo
	@$(MANAGE) makemigrations --check --dry-run
	@$(PYTHON) -m bandit --quiet --severity-level medium --recursive --configfile pyproject.toml walletapp

types: setup
	@$(PYTHON) -m mypy walletapp tests manage.py

format: setup ## put code and templates in form
	@$(PYTHON) -m ruff check --fix --quiet .
	@$(PYTHON) -m ruff format --quiet .
	@$(PYTHON) -m djlint --quiet --reformat templates || true

css: ## compile the styles (needs Node)
	@[ -d node_modules ] || npm install --no-save --no-audit --no-fund --silent
	@npm run --silent css

css-check: ## whether the compiled styles are current (needs Node)
	@bin/css-check

screenshots: setup ## take the pictures of every page for the README (needs Chromium)
	@$(PYTHON) -m tests.browser.screenshots

migrations: setup ## write the migrations for changed models
	@$(MANAGE) makemigrations

shell: setup ## a Django shell on the demo's data
	@$(MANAGE) shell

clean: ## remove what setup and the checks have made (not the demo's data)
	@rm -rf .venv .tools node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
