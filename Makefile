# Everything from a bare machine with Python 3.11, 3.12 or 3.13: `make run`, `make test`.
# PYTHON=… chooses the Python, VENV=… the environment's folder, ARGS=… adds to a command.

.DEFAULT_GOAL := check
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# .env is read as the shell reads it; what is already set wins. Tests and checks don't read it.
WITH_ENV := if [ -f .env ]; then given=$$(export -p); set -a; . ./.env; set +a; eval "$$given"; fi;

.PHONY: help run test check lint format journeys benchmark benchmark-publishing chaos scale \
	hostile refresh evaluate ask lock install clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "make %-20s %s\n", $$1, $$2}'

run: $(VENV)/.installed ## Serve the assistant: Redis, web, worker, beat; ARGS="--port 8001"
	@$(WITH_ENV) exec $(BIN)/python manage.py serve $(ARGS)

test: $(VENV)/.installed-dev ## Run every test, journeys too where there is a Chromium; ARGS="-k citations"
	@$(BIN)/python -m pytest $(ARGS)

check: lint ## What CI runs: lint, types, layers, migrations, tests (the default)
	@$(MAKE) --no-print-directory test

lint: $(VENV)/.installed-dev ## Everything that CI checks before the tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy .
	@$(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/.installed-dev ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

journeys: $(VENV)/.installed-dev ## Run the browser journeys alone; a missing Chromium is an error
	@REQUIRE_JOURNEYS=1 $(BIN)/python -m pytest -m journey $(ARGS)

benchmark: $(VENV)/.installed-dev ## Measure a warm answer through the websocket; ARGS="--json"
	@$(BIN)/python -m tests.benchmark $(ARGS)

benchmark-publishing: $(VENV)/.installed-dev ## Measure one change among 100,000 passages; ARGS="--json"
	@$(BIN)/python -m tests.benchmark.publishing $(ARGS)

chaos: $(VENV)/.installed-dev ## Kill worker, web and Redis at random moments; ARGS="--kills 10 --seed 1"
	@$(BIN)/python -m tests.chaos $(ARGS)

scale: $(VENV)/.installed-dev ## Refresh 10,000 documents: ARGS="--govuk-content DIR --folder DIR"
	@$(BIN)/python -m tests.scale $(ARGS)

hostile: $(VENV)/.installed-dev ## Read every file of a folder and say how each ended; ARGS=FOLDER
	@DJANGO_SETTINGS_MODULE=assistant.settings $(BIN)/python -m tests.hostile $(ARGS)

refresh: $(VENV)/.installed ## Refresh the sources now; ARGS="immigration-rules"
	@$(WITH_ENV) exec $(BIN)/python manage.py refresh $(ARGS)

evaluate: $(VENV)/.installed ## Evaluate: ARGS="retrieval DIR" or ARGS="answers FILE"
	@$(WITH_ENV) exec $(BIN)/python manage.py evaluate $(ARGS)

ask: $(VENV)/.installed ## Ask in the terminal: ARGS='"Who can apply?"'
	@$(WITH_ENV) exec $(BIN)/python manage.py ask $(ARGS)

lock: $(BIN)/python ## Write the two lock files again from pyproject.toml; ARGS="--upgrade"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --quiet --custom-compile-command 'make lock' $(ARGS) \
		pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --quiet --custom-compile-command 'make lock' $(ARGS) --group dev \
		-c requirements.txt pyproject.toml -o requirements-dev.txt

install: $(VENV)/.installed-dev ## Install what development needs

clean: ## Remove the environment and the caches; what the assistant wrote (var/) stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: made once, and again when a lock file changes ----------------------------

$(BIN)/python:
	@python=; wrong=; \
	for name in $${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do \
		"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
			>/dev/null 2>&1 || continue; \
		if "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then python=$$name; break; fi; \
		wrong=$$("$$name" -c 'import sys; print("python%d.%d" % sys.version_info[:2])'); \
	done; \
	if [ -z "$$python" ] && [ -n "$$wrong" ]; then \
		echo "$$wrong can't make virtual environments: install its venv package" \
			"(Debian, Ubuntu: apt install $$wrong-venv), then try again." >&2; exit 1; \
	elif [ -z "$$python" ]; then \
		echo "Python 3.11, 3.12 or 3.13 is needed and none was found:" \
			"install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing requirements.txt (about a minute, once)"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# Everything of requirements.txt stands in requirements-dev.txt, at the same versions.
$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing requirements-dev.txt (about a minute, once)"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(VENV)/.installed $@
