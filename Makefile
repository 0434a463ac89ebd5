# Two commands do everything on a machine with Python 3.11 or later: `make serve` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# What the front end is built from; installing the package builds it.
FRONTEND := $(wildcard ccn_graph/pages/frontend/*.* ccn_graph/pages/frontend/src/*.* ccn_graph/pages/frontend/src/*/*.*)

# Servers and tests start many processes of our modules, each of which would compile them all again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: serve test bench lint lock
.DELETE_ON_ERROR:

# Sets up, checks the data, and serves the endpoint on http://127.0.0.1:8000
serve: .venv/serve
	$(BIN)/ccn-graph serve

# Sets up and passes all tests.
test: .venv/test
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

# Measures speed side by side with peers; Virtuoso 7 (Debian: virtuoso-opensource-7-bin) and nginx if they are here.
bench: .venv/test
	$(BIN)/python -m tests.benchmarks

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Locks what a replica runs, with hashes, and lists it for whoever looks for known faults. Needs uv and cyclonedx-bom.
lock:
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header pyproject.toml \
	    --output-file ccn_graph/deploy/requirements.txt
	cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml \
	    --output-file ccn_graph/deploy/sbom.cdx.json ccn_graph/deploy/requirements.txt

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/serve: pyproject.toml $(FRONTEND) .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/test: pyproject.toml $(FRONTEND) .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/serve
