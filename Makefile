# Needs Python 3.11 or newer and make; everything else is installed into .venv and var/.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; exit; }; done; echo python3)
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup up test check bench lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: ## create .venv and install the locked packages
	@$(PYTHON) prm/local/install.py

up: setup ## run everything: PORT=8000 make up
	@PRM_STOP_WITH_PARENT=1 exec $(BIN)/python manage.py up

test: setup ## run every test: make test ARGS="tests/prm -x"
	@exec $(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: setup ## style, types, import contracts, migrations, deployment settings, tenancy, translations
	@exec $(BIN)/python -m prm.local.check

bench: setup ## the speed figures of docs/performance.md
	@exec $(BIN)/python -m benchmarks $(ARGS)

lock: setup ## resolve pyproject.toml again into the lock files
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile pyproject.toml --extra embedded --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --constraint requirements.lock \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.production.lock

clean: setup ## stop the embedded servers and delete var/ with all its data
	@exec $(BIN)/python manage.py clean
