# make run    install, index the starter library, serve the page
# make test   install what tests need, check style and types, run every test
#
# Another machine may choose its own Python, torch build and package index:
#   make run PYTHON=python3.12 TORCH_ARGS="--index-url <index with CPU builds>"

PYTHON     ?= python3
TORCH      ?= torch==2.13.0
TORCH_ARGS ?=
VENV       ?= .venv
HOME_DIR   ?= .quotewell
PORT       ?= 7860
WORKERS    ?= 2
BIN        := $(VENV)/bin

export HF_HUB_OFFLINE := 1
export GRADIO_ANALYTICS_ENABLED := False
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run install test check browser postgres clean

run: install
	@echo "== Serving on http://127.0.0.1:$(PORT) (a new home is filled and indexed first)"
	$(BIN)/quotewell serve --home $(HOME_DIR) --port $(PORT)

install: $(VENV)/installed

test: $(VENV)/installed-for-tests check browser postgres
	@echo "== Running the tests"
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check: $(VENV)/installed-for-tests
	@echo "== Checking style and types"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

browser: $(VENV)/installed-for-tests
	@echo "== Looking for a browser for the page tests"
	@PYTHON=$(BIN)/python sh tests/find_browser.sh

postgres:
	@echo "== Looking for a PostgreSQL for the ledger tests"
	@sh tests/find_postgres.sh

$(VENV)/bin/python:
	@echo "== Making a virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Quotewell needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== Installing Quotewell (torch first, a CPU build; a few minutes)"
	$(BIN)/pip install -q $(TORCH_ARGS) "$(TORCH)"
	$(BIN)/pip install -q -c constraints.txt -e '.[evals]'
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	@echo "== Installing what the tests need"
	$(BIN)/pip install -q -c constraints.txt -e '.[dev,evals,milvus]'
	@touch $@

clean:
	rm -rf $(VENV) $(HOME_DIR) .pytest_cache .mypy_cache .ruff_cache .hypothesis
