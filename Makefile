# Two commands do everything on a fresh Debian machine with Python: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
ARGS   ?=
.DEFAULT_GOAL := help
.PHONY: help demo picture test check bench torture test-all system-demo system-test clean

# Debian packages, asked for by name, installed only where they are absent (as root, or through sudo).
DEMO_PACKAGES = python3-venv mosquitto espeak-ng alsa-utils
TEST_PACKAGES = $(DEMO_PACKAGES) gcc libc6-dev python3-dev libsystemd-dev pkg-config git systemd systemd-container
need = missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing Debian packages:" $$missing; root=$$([ $$(id -u) = 0 ] || echo sudo); \
	$$root apt-get update -q && DEBIAN_FRONTEND=noninteractive $$root apt-get install -q -y --no-install-recommends $$missing; fi

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: system-demo $(VENV)/.demo ## the main job on this machine: broker, daemon, a visit (ARGS="--once")
	$(BIN)/edge demo $(ARGS)

picture: system-demo $(VENV)/.demo ## README's picture anew, after a change of the model, the clip or the table
	$(BIN)/edge demo --once --picture docs/demo.svg

test: system-test $(VENV)/.test check ## everything: style, types, layering, tests
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.test ## style, types, layering
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: system-test $(VENV)/.test ## section P as ratios against limits of the same run; writes bench/latest.json
	$(BIN)/python -m tests.bench $(ARGS)

torture: system-test $(VENV)/.test ## the long fault injections
	$(BIN)/python -m pytest -m torture --timeout 3600 $(ARGS)

test-all: system-test $(VENV)/.test ## the tests on Python 3.10 to 3.13
	$(BIN)/python -m pip install -q 'tox>=4.21'
	PATH="$$PATH:$$(ls -d $$HOME/.pyenv/versions/3.1*/bin 2>/dev/null | tr '\n' ':')" $(BIN)/tox run $(ARGS)

system-demo:
	@$(call need,$(DEMO_PACKAGES))

system-test:
	@$(call need,$(TEST_PACKAGES))

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip

$(VENV)/.demo: setup.py $(VENV)/bin/python
	$(BIN)/python -m pip install -q -e '.[vision,pi,modbus]'
	@touch $@

$(VENV)/.test: setup.py $(VENV)/bin/python
	$(BIN)/python -m pip install -q -e '.[all,test]'
	@touch $@ $(VENV)/.demo

clean: ## forget the virtual environment and caches
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
