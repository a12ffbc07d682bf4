# make test | lint | demo | paper | library | checker | derivations | theorems | descents | reductions | experiments |
# bench | clean.  Everything runs in .venv, which is made when it is missing or older than pyproject.toml.
# Without make: python3 -m venv .venv && .venv/bin/python -m pip install -e ".[dev]".

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python3.14,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip --disable-pip-version-check --quiet
CHECKER := dist/relucert-check.pyz

.PHONY: help test lint format demo paper library checker derivations theorems descents reductions experiments bench clean
.DELETE_ON_ERROR:

help:
	@sed -n '1,3s/^# //p' Makefile

test: $(VENV)/.dev
	$(RUN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(VENV)/.dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	PYTHONPATH=.typing $(RUN)/lint-imports

format: $(VENV)/.dev
	$(RUN)/ruff check --fix-only .
	$(RUN)/ruff format .

demo: $(VENV)/.report
	$(RUN)/python examples/demo.py

# claims/library and docs/library.md: searches for certificates that are missing or stale.
library: $(VENV)/.dev
	$(RUN)/python tools/library.py --update --page

# examples/paper/paper.pdf from derive, prove, descend and claims; without pdflatex everything but the PDF.
paper: $(VENV)/.report
	PATH="$(CURDIR)/$(RUN):$$PATH" examples/paper/build.sh

# docs/derivations: a test compares what is there with what this writes.
derivations: $(VENV)/.dev
	$(RUN)/relucert derive --all -o docs/derivations

# docs/descents.md: certifies what examples/descents says, a few minutes; certificates go to out/descents.
descents: $(VENV)/.dev
	$(RUN)/python tools/descents.py --page

# docs/theorems.md: proves and refutes what examples/theorems says, a few minutes; certificates go to out/theorems.
theorems: $(VENV)/.dev
	$(RUN)/python tools/theorems.py --page

# The tables and the picture in docs/reductions.md; a test compares them with what this writes.
reductions: $(VENV)/.dev
	$(RUN)/python tools/reductions_page.py

# docs/figures and the numbers in docs/experiments.md: a test runs the quick ones again and compares.
experiments: $(VENV)/.report
	set -e; for name in $$($(RUN)/relucert descend --list | grep '^[a-z]'); do \
		$(RUN)/relucert descend $$name --plot docs/figures/$$name.png >docs/figures/$$name.txt; done
	$(RUN)/python tools/experiments_page.py

bench: $(VENV)/.bench
	$(RUN)/python benchmarks/run.py

# The trusted checker as one file: python3 -I -S $(CHECKER) CERTIFICATE.  It needs no virtual environment.
checker: $(VENV)/bin/python
	$(RUN)/python tools/build_checker.py $(CHECKER)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "make: no Python >= 3.11 found: install one, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		echo "make: $(PYTHON) cannot make a virtual environment: install its venv module (Debian: apt-get install python3-venv)" >&2; exit 1; }

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -e ".[dev]"
	@touch $@

$(VENV)/.report: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -e ".[report]"
	@touch $@

$(VENV)/.bench: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -e ".[fast,sklearn]"
	@touch $@

clean:
	rm -rf $(VENV) build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
