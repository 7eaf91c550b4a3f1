# make run · make test · make check   (CONTRIBUTING.md says what each is for)

PYTHON ?= python3
VENV := .venv
AUDIT := .venv-audit
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The lock must come out the same on every machine, whatever its pip or uv is told to look at.
UNTOLD := env -u PIP_FIND_LINKS -u UV_FIND_LINKS -u PIP_CONFIG_FILE
COMPILE := $(UNTOLD) $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --group build

CHECKS := check-house check-catalogues check-sql check-pasted check-deferred check-dead check-late check-records check-places check-kinds check-structure check-promises

.DEFAULT_GOAL := run
.PHONY: run install test soak browser audit mutants check check-format check-lint check-types check-imports $(CHECKS) format lock catalogues record-queries clean

run: $(VENV)/runtime.stamp
	@exec $(BIN)/drillbook serve

install: $(VENV)/dev.stamp

# The check is written for any Python, so that an old one can say that it is old.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Drillbook needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)."; \
		echo "Install a newer one, or name one you have: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) comes without venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Drillbook needs (once) …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# One of them has to be built; the locked setuptools does it, nothing else is fetched.
$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@echo "Installing what the tests and checks need (once) …"
	@$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.txt
	@touch $@

browser: $(VENV)/dev.stamp
	@$(BIN)/python -m tools.install_browser

test: browser
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

# The property tests alone, with many examples.
soak: browser
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n auto --dist worksteal -m hypothesis $(ARGS)

# `make -k check` goes on after the first failure.
check: check-format check-lint check-types check-imports $(CHECKS)

check-format: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .

check-lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .

check-types: $(VENV)/dev.stamp
	$(BIN)/mypy

check-imports: $(VENV)/dev.stamp
	$(BIN)/lint-imports --no-cache --no-logo

$(CHECKS): check-%: $(VENV)/dev.stamp
	$(BIN)/python -m tools.check_$*

# Puts small mistakes into the core, one at a time, and names those no test notices; takes long.
mutants: $(VENV)/dev.stamp
	$(BIN)/python -m tools.mutants $(ARGS)

# Writes the queries that speak of every record type anew from what the record types declare.
record-queries: $(VENV)/dev.stamp
	$(BIN)/python -m tools.record_queries

# Asks the public list of known weaknesses about the locked versions; needs the network.
audit: | $(BIN)/python
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	$(AUDIT)/bin/pip-audit --require-hashes --disable-pip -r requirements.txt

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/dev.stamp
	$(COMPILE) $(ARGS) -o requirements.txt
	$(COMPILE) $(ARGS) --extra dev --constraint requirements.txt -o requirements-dev.txt

catalogues: $(VENV)/dev.stamp
	$(BIN)/python -m tools.update_catalogues

clean:
	rm -rf $(VENV) $(AUDIT) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
