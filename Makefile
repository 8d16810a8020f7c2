# Needs git, make and Python 3.11 or newer; everything else is installed in .venv.
# Settings are PAS_… variables: make demo PAS_PORT=9000

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9
PACKAGES := $(VENV)/.packages
INSTALLED := $(VENV)/.installed
VENDORED := src/pas/web/static/till/vendor/NOTICE
MIGRATIONS := $(wildcard migrations/installation/*.sql migrations/municipality/*.sql migrations/superuser/*.sql)
LEDGER_TESTS := tests/ledger $(addprefix tests/races/test_,interleavings.py offline_races.py races.py) \
	$(addprefix tests/guards/test_,migrations.py roles.py statements.py)
PROCESSES ?= auto

.PHONY: help install demo test test-faults test-mutation test-till check bench bench-full schema languages lock clean

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## Install everything in .venv (the other targets do this themselves)

$(PACKAGES): requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer (with venv) is needed."; exit 3; }
	@echo "Installing in $(VENV) (once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	@$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

# What the till's pages need of others; a wheel of this program holds it too.
$(VENDORED): $(PACKAGES) $(wildcard vendor/*.py vendor/*.json) vendor/NOTICE
	@$(BIN)/python vendor/install.py

$(INSTALLED): $(PACKAGES) $(VENDORED) pyproject.toml
	@$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python vendor/npm.py tests/node || echo "Without these tools the tests of API rules and accessibility skip."
	@touch $@

demo: $(INSTALLED) ## Start the demonstration city on http://127.0.0.1:8000
	@exec $(BIN)/pas demo

test: $(INSTALLED) ## Run all tests but the long fault runs; the ledger's on PostgreSQL 18 and 16
	@$(BIN)/pytest -n $(PROCESSES) -m "not faults"
	@$(BIN)/pytest -n $(PROCESSES) -m "not faults" --pg 16 $(LEDGER_TESTS)

test-faults: $(INSTALLED) ## Kill servers, backends and workers under load, many times
	@$(BIN)/pytest -m faults

test-mutation: $(INSTALLED) ## Make one mistake at a time in the SQL of the ledger; a test must fail (an hour)
	@PYTHONPATH=tests $(BIN)/python tests/mutation/run.py

test-till: $(INSTALLED) ## Take one guard of the till in the browser away at a time; a test must fail (ten minutes)
	@PYTHONPATH=tests $(BIN)/python tests/mutation/till.py

check: $(INSTALLED) ## Format, lint, types, import layers, migrations, spelling, schema.sql
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/basedpyright --level error
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/squawk --reporter gcc $(MIGRATIONS)
	@$(BIN)/codespell
	@$(BIN)/pas migrate dump-schema --check

bench: $(INSTALLED) ## Print the gates of the ledger, at a million rows (ten minutes at most)
	@$(BIN)/python load_tests/bench.py

bench-full: $(INSTALLED) ## The same at ten million rows, once
	@$(BIN)/python load_tests/bench.py --full

schema: $(INSTALLED) ## Write migrations/schema.sql anew after adding a migration
	@$(BIN)/pas migrate dump-schema

languages: $(INSTALLED) ## Add new sentences of holders to the catalogues, take away what is gone
	@PYTHONPATH=tests $(BIN)/python tests/catalogues.py

lock: $(INSTALLED) ## Write requirements.lock anew after a change in pyproject.toml
	@$(BIN)/uv pip compile --system-certs --quiet --universal --generate-hashes --no-header --group dev pyproject.toml --output-file requirements.lock

clean: ## Remove what was installed and measured; data in PAS_DATA_DIR stays
	@rm -rf $(VENV) $(dir $(VENDORED)) vendor/node_modules .pytest_cache .ruff_cache .hypothesis .coverage* htmlcov build dist
