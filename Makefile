# Every verb does its own set-up: a bare Python 3.11, git and make are enough.
PYTHON ?= python3.11
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready
export BENTOML_DO_NOT_TRACK := True
export MLFLOW_DISABLE_TELEMETRY := true

.DEFAULT_GOAL := help
.PHONY: help setup champions demo serve test test-all test-postgres e2e check format bench notebooks bento lock

help: ## list the verbs
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(READY) ## install the pinned dependencies into .venv

$(READY): bootstrap.lock requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Clearlane needs Python 3.11 or later: try 'make PYTHON=python3 ...'"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned dependencies (once; about a minute) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## simulate, train, serve and show what happened (DATA=folder uses your own files)
	@$(PY) -m serving demo $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port $(PORT))

champions: $(READY)
	@$(PY) -m training champions

serve: $(READY) ## start the service on the champion models
	@$(PY) -m serving serve --train-missing $(if $(PORT),--port $(PORT))

# A file's tests stay in one process, which its fixtures are made in once; a thread each, so that they do not crowd one another.
PYTEST := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile

test: $(READY) ## run the tests
	@$(PYTEST)

test-all: $(READY) ## run the tests, the slow ones too
	@$(PYTEST) -m "slow or not slow"

test-postgres: $(READY) ## run every test that uses a store on a PostgreSQL of its own
	@CLEARLANE_TEST_DATABASE=postgresql $(PYTEST) tests/serving tests/end_to_end

e2e: $(READY) .node-red/.ready ## run a BPMN process and a Node-RED flow against the service; show what happened
	@OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(PY) -m pytest -q -rP -m "slow or not slow" \
	  tests/end_to_end/test_bpmn_process.py tests/end_to_end/test_node_red.py

.node-red/.ready: $(addprefix docs/examples/node-red/,package.json package-lock.json .npmrc)
	@command -v npm >/dev/null || { echo "Node-RED needs Node.js 18.5 or later, and npm."; exit 1; }
	@echo "Installing Node-RED (once; about half a minute) ..."
	@mkdir -p .node-red && cp $^ .node-red/
	@cd .node-red && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

check: $(READY) ## types, lint and format
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

format: $(READY) ## put the code into the house format
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format .

bench: $(READY) ## run the benchmarks and print their tables
	@$(PY) -m training benchmark all

notebooks: $(READY) ## run every notebook from top to bottom
	@$(PY) -m pytest tests/notebooks

bento: champions ## build the Bento that serves without this checkout
	@$(PY) -m serving bento

COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

lock: $(READY) ## resolve the dependencies anew
	@$(COMPILE) --upgrade --all-extras pyproject.toml -o requirements.lock
	@echo uv | $(COMPILE) --upgrade --no-annotate - -o bootstrap.lock
