# What people type: `make run`, `make test`, `make check`. Each sets up what is missing first.

PYTHON ?= python3
PORT ?= 7071
STATE ?= .local

BIN := .venv/bin
REQUIREMENTS := requirements.txt requirements-ocr.txt requirements-local.txt requirements-dev.txt

# A stamp's name holds a checksum of what it stands for, so a new checkout installs nothing twice.
PACKAGES := .venv/.packages-$(shell cat $(REQUIREMENTS) requirements-microsoft.txt | cksum | cut -d' ' -f1)
NPM_PARTS := node_modules/.parts-$(shell cksum < package-lock.json | cut -d' ' -f1)

# An installer's log is worth reading only when it has failed.
QUIETLY = >.venv/install.log 2>&1 || { cat .venv/install.log; exit 1; }

.PHONY: run setup test check format corpus chaos live-check

run: setup
	@$(BIN)/python -m local run --port $(PORT) --state $(STATE)

setup: $(NPM_PARTS)

test: setup
	@echo "Running the whole suite…"
	@$(BIN)/pytest -q -n 2 --dist loadgroup

check: setup
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

# The long versions of two suites of `make test`, and the cloud reader on the real Azure.
corpus: setup
	@$(BIN)/python -m tests.hostile

chaos: setup
	@$(BIN)/python -m tests.chaos --minutes 10

live-check: setup
	@$(BIN)/python benchmarks/live_check.py

$(NPM_PARTS): | $(PACKAGES)
	@echo "Installing Azurite and the sign-in provider (about a minute)…"
	@$(BIN)/npm ci --ignore-scripts --omit=dev --no-audit --no-fund $(QUIETLY)
	@touch $@

# Microsoft's worker library declares Python 3.13, so it is installed apart from the others.
$(PACKAGES): | $(BIN)/python
	@echo "Installing Python packages (about a minute)…"
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input \
		--root-user-action=ignore $(addprefix -r ,$(REQUIREMENTS)) $(QUIETLY)
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --root-user-action=ignore \
		--no-deps --ignore-requires-python -r requirements-microsoft.txt $(QUIETLY)
	@rm -f .venv/.packages-*
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
		echo "AdvisorOS needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)."; \
		echo "Name another one: make run PYTHON=python3.12"; \
		exit 1; }
	@echo "Making a virtual environment in .venv…"
	@$(PYTHON) -m venv .venv || { \
		rm -rf .venv; \
		echo "python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv"; \
		exit 1; }
