# Two commands on a fresh machine: `make run` and `make test`. Both install what they need into .venv, pinned by hash.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types evals bench lock schema clean

run: $(VENV)/.run
	@$(BIN)/python app.py

test: $(VENV)/.dev
	@$(BIN)/python -m pytest

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy

evals: $(VENV)/.dev
	@$(BIN)/python -m pytest evals

bench: $(VENV)/.dev
	@$(BIN)/python -m evals.bench

# The JSON schema that editors check personas by.
schema: $(VENV)/.dev
	@$(BIN)/coach personas schema > personas/persona.schema.json

# After a change of dependencies in pyproject.toml.
lock: $(VENV)/.uv
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --group dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --group train pyproject.toml -c requirements/run.txt -o requirements/train.txt
	@echo "uv==0.13.9" | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url - -o requirements/uv.txt
	@printf "hatchling>=1.27\neditables\n" | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url - -c requirements/dev.txt -o requirements/build.txt

$(VENV)/.uv: requirements/uv.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || (echo "Install Python's venv first: apt-get install python3-venv" && exit 1)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements/run.txt requirements/build.txt pyproject.toml
	@echo "Installing what the app needs, once."
	@test -e $(VENV)/.dev || $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.uv requirements/dev.txt pyproject.toml
	@echo "Installing what the tests need, once."
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV)
