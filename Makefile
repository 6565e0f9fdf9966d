# The two commands: `make demo` shows an investigation, `make test` passes the gates and the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo dashboard test check bench lock clean

demo: $(VENV)/.run
	$(BIN)/graphkit demo

dashboard: $(VENV)/.run
	$(BIN)/graphkit demo --serve

test: $(VENV)/.dev browser check
	$(BIN)/pytest -n auto --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

lock: $(VENV)/.dev
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header -q -o locks/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-header -q -o locks/dev.txt

clean:
	rm -rf $(VENV) graphkit-demo graphkit-demo-real

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "graphkit needs Python 3.11 or newer; name one with make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python locks/run.txt pyproject.toml
	$(BIN)/pip install -q --require-hashes -r locks/run.txt
	$(BIN)/pip install -q --no-deps -e .
	touch $@

$(VENV)/.dev: $(VENV)/bin/python locks/dev.txt pyproject.toml
	$(BIN)/pip install -q --require-hashes -r locks/dev.txt
	$(BIN)/pip install -q --no-deps -e .
	touch $@ $(VENV)/.run

# The browser tests use Debian's Chromium; elsewhere they are skipped, and the summary says so.
.PHONY: browser
browser:
	@command -v chromium >/dev/null 2>&1 || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	} || echo "No Chromium: the browser tests will be skipped."
