# make run   starts the app (first start: virtual environment, packages, sample store)
# make test  runs every check and test, three files at once (first run: Chromium and Chinese fonts from Debian)
# make bench times queries at three sizes, pages, people, a weak line, uploads and snapshots, and sends FUZZ=10000 damaged files; ARGS="--help" says more
# make faults brings faults about (kill -9, full disk, power cut, …) and writes docs/reliability.md; ARGS="--help" says more
# make check only the linters, types and bandit; make audit asks PyPI's advisories about every package (needs the internet)
# make lock  writes the .lock files (versions and hashes that are installed) anew from requirements*.txt; make fix formats;
# make screenshots draws docs/screenshots
# make bundle puts everything an offline installation needs into dist/ (ARGS="--platform win_amd64" for another machine);
# make bundle-test installs and runs it with the network cut off
# make messages brings ecodash/locale in line with the words of the code and names those without English

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
ECODASH_HOME ?= $(CURDIR)/var
export ECODASH_HOME

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

LOCKED := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: run test check fix browser screenshots bench faults bundle bundle-test messages audit lock
.DEFAULT_GOAL := run

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock
	$(PIP) --require-hashes -r requirements.lock
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

run: $(VENV)/.run
	@if test -z "$$ECODASH_DATABASE_URL" && { test ! -e "$$ECODASH_HOME/ecodash.duckdb" || test -e "$$ECODASH_HOME/sample.loading"; }; then $(BIN)/python -m ecodash init --sample; fi
	@echo "http://$(HOST):$(PORT)"
	$(BIN)/streamlit run app.py --server.address $(HOST) --server.port $(PORT)

browser:
	@sh tests/install_browser.sh

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml ecodash pages app.py

audit: $(VENV)/.dev
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

lock: $(VENV)/.dev
	$(BIN)/uv pip compile --quiet $(LOCKED) requirements.txt -o requirements.lock
	$(BIN)/uv pip compile --quiet $(LOCKED) -c requirements.lock requirements-dev.txt -o requirements-dev.lock

test: check browser
	$(BIN)/python -m pytest -n 3 --dist loadfile

screenshots: $(VENV)/.dev browser
	$(BIN)/python -m tests.browser.screenshots

faults: $(VENV)/.dev
	$(BIN)/python -m tests.faults $(ARGS)

bench: $(VENV)/.dev
	$(BIN)/python -m bench --fuzz $(or $(FUZZ),10000) $(ARGS)

bundle: $(VENV)/.dev
	$(BIN)/python -m tools.bundle $(ARGS)

bundle-test: bundle
	$(BIN)/python -m tools.try_bundle "$$(ls -t dist/ecodash-*-linux_*.tar.gz | head -1)"

messages: $(VENV)/.dev
	$(BIN)/python -m tools.messages

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
