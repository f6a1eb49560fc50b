# `make` lists all targets.
SHELL := /bin/bash
PY := .venv/bin/python
export PYTHONPATH := src
DIR ?= var
.DEFAULT_GOAL := help

help: ## list all targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.run: requirements/run.txt
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@.venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/.run ## only set up: virtual environment and embedded database
	@$(PY) -m sesshu.cli.main db start --data $(DIR)

demo: .venv/.run ## a made-up town with every zone on its port; Ctrl-C stops all of it
	@$(PY) -m sesshu.cli.main demo --data $(DIR) $(if $(FRESH),--fresh)

test: tools .venv/.dev ## set up what the tests need and run all of them (PG=system: on the installed PostgreSQL)
	@PG=$(PG) $(PY) -m pytest -q tests/units tests/spec tests/docs
	@PG=$(PG) $(PY) -m pytest -q tests/outside
	@PG=$(PG) $(PY) -m pytest -q tests/inside
	@PG=$(PG) $(PY) -m pytest -q --confcutdir=tests/inside/office tests/inside/office
	@PG=$(PG) $(PY) -m pytest -q tests/whole
	@PG=$(PG) $(PY) -m pytest -q tests/journeys

tools:
	@.ci/tools

check: .venv/.dev ## format, types, lint, floors, units, docs
	@.venv/bin/ruff format --check -q . && .venv/bin/ruff check -q .
	@.venv/bin/lint-imports --no-cache >/tmp/sesshu-floors.$$$$ 2>&1 || { cat /tmp/sesshu-floors.$$$$; exit 1; }; rm -f /tmp/sesshu-floors.$$$$
	@.venv/bin/mypy -p sesshu
	@$(PY) -m pytest -q tests/units tests/spec tests/docs

fix: .venv/.dev ## format and mend what ruff can
	@.venv/bin/ruff check -q --fix . ; .venv/bin/ruff format -q .

spec: .venv/.dev ## print the rules as chapters of docs/spec
	@$(PY) -m tests.spec.print_spec

reference: .venv/.dev ## write the generated pages of docs/reference
	@$(PY) -m sesshu.cli.reference

pictures: tools .venv/.dev ## renew the manual's pictures by walking the journeys
	@SESSHU_PICTURES=1 $(PY) -m pytest -q tests/journeys -k "test_a"

races: .venv/.dev ## races, each with its negative control
	@PG=$(PG) $(PY) -m pytest -q tests/outside -k race

walls: .venv/.dev ## every wall, and the attempts to climb it
	@PG=$(PG) $(PY) -m pytest -q tests -k wall

bench: .venv/.dev ## every speed claim beside its baseline (ONE=name, README=1)
	@$(PY) -m bench $(if $(ONE),--one $(ONE)) $(if $(README),--readme)

clean: ## stop and remove what this checkout made, also outside it
	@test ! -x $(PY) || $(PY) -m sesshu.cli.main demo --stop --data $(DIR) || true
	@test ! -x $(PY) || $(PY) -m sesshu.cli.main db remove --data $(DIR) --data .pg/tests --data .pg/tests-system --data .pg/bench --data .pg/journeys || true
	@rm -rf .venv var .pg src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help setup demo test tools check fix spec reference pictures races walls bench clean
