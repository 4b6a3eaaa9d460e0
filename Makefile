# Needs GNU make and Python 3.11 or newer; everything else goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --extra build

IS_RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3 python python3.13 python3.14 python3.12 python3.11, \
	$(shell $(name) -c '$(IS_RECENT)' >/dev/null 2>&1 && echo $(name))))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test test-faults lint format bench bench-reminders soak mutants lock openapi vendor sbom ci

help:
	@echo 'make run              start the service and its worker on 127.0.0.1:8000 (PORT=…)'
	@echo 'make demo             watch a simulated wallet and one takeover'
	@echo 'make test             the whole suite, on SQLite and on PostgreSQL'
	@echo 'make test-faults      the longer tests: kills, restarts, full disks'
	@echo 'make lint             ruff, mypy, import order'
	@echo 'make bench            figures beside their floors, on PostgreSQL'
	@echo 'make bench-reminders  one run of password reminders over millions of accounts'
	@echo 'make soak             ten minutes of mixed traffic'
	@echo 'make mutants          rules that no test states, in the rooms that decide (ROOM=… one of them)'
	@echo 'make lock             pin the requirements anew'
	@echo 'make openapi          write docs/openapi.json anew'
	@echo 'make vendor           check the browser files of the docs page (VERSION=… fetches others)'
	@echo 'make sbom             list what is installed, as CycloneDX'
	@echo 'make ci               what a change must pass'

run: $(VENV)/.ready
	@exec $(BIN)/secmon run

demo: $(VENV)/.ready
	@exec $(BIN)/secmon demo

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest --numprocesses auto --ignore tests/faults

test-faults: $(VENV)/.ready-dev
	$(BIN)/python -m pytest tests/faults

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.ready-dev
	$(BIN)/python -m bench

bench-reminders: $(VENV)/.ready-dev
	$(BIN)/python -m bench.reminders

soak: $(VENV)/.ready-dev
	$(BIN)/python -m bench.soak

mutants: $(VENV)/.ready-dev
	$(BIN)/python -m tools.mutants $(ROOM)

lock: $(VENV)/.ready-dev
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

openapi: $(VENV)/.ready
	$(BIN)/secmon openapi > docs/openapi.json

vendor: $(VENV)/.ready
	$(BIN)/python -m tools.vendor $(VERSION)

sbom: $(VENV)/.ready
	@$(BIN)/python -m tools.sbom requirements.txt

ci:
	.ci/run

# Installed again only when the pinned requirements or the package's own metadata change.
$(VENV)/.ready: requirements.txt pyproject.toml | $(BIN)/python
	@echo 'Installing the locked requirements into $(VENV) …'
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo 'Installing the locked development requirements into $(VENV) …'
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/python:
	@$(or $(PYTHON),false) -c '$(IS_RECENT)' 2>/dev/null || { \
		echo 'secmon needs Python 3.11 or newer. Install it, or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python' >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV)
