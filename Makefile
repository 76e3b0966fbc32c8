# Guanxi. `make help` lists what there is. `make run` and `make test` need Python 3.11 to 3.14 and make, nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: run test check format-check lint types layers fresh cover neo4j bench bench-network fuzz torture lock fmt generate clean help environment environment-run

# The first interpreter that starts and is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && echo $$p && break; done)
ENGINE ?= embedded
NEO4J ?= 5.26.30
ARGS ?=
# Branch coverage of graph/ and schema/ in per cent, below which `make check` fails.
COVERAGE ?= 95
# So many processes run the tests, each with an engine of its own; a server that is given has room for one.
WORKERS ?= $(if $(GUANXI_TEST_NEO4J_URI),0,2)

BIN := .venv/bin
CODE := app schema graph migrations tests tools benchmarks
UV := .cache/uv/bin/uv
SPREAD = --numprocesses=$(WORKERS) --dist=worksteal
PYTEST = ENGINE=$(ENGINE) NEO4J=$(NEO4J) $(BIN)/python -m pytest
COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11 --fork-strategy fewest $(ARGS)

# Without PORT and DATA those of the environment and of .env hold, else 8000 and var.
run: environment-run ## Set up and serve with demonstration data: make run [PORT=8000] [DATA=var]
	@exec $(BIN)/guanxi serve --demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)")

test: environment ## The whole suite: make test [ENGINE=neo4j] [NEO4J=2026.08.1] [ARGS="-k name"]
	$(PYTEST) $(SPREAD) $(ARGS)

check: format-check lint types layers fresh cover neo4j ## What CI runs: format, lint, types, layers, generated files, tests on both engines

format-check: environment
	$(BIN)/ruff format --check .

lint: environment
	$(BIN)/ruff check .

types: environment
	$(BIN)/mypy $(CODE)
	$(BIN)/pyright graph

layers: environment
	$(BIN)/lint-imports

fresh: environment
	$(BIN)/python -m tools.fresh

# Thousands of random writes, after which the network in memory is what a fresh reading finds; `make test` makes some.
cover: environment
	GUANXI_TEST_WRITES=2000 $(PYTEST) $(SPREAD) --cov --cov-report=term --cov-fail-under=$(COVERAGE) $(ARGS)

neo4j: environment
	$(MAKE) --no-print-directory test ENGINE=neo4j

bench: environment ## Benchmarks with their peers in the same run, ratios out
	$(BIN)/python -m benchmarks $(ARGS)

bench-network: environment ## The network engine beside five libraries and Neo4j's Graph Data Science
	$(BIN)/python -m benchmarks network

fuzz: environment ## 20,000 generated documents against the oracle: make fuzz [ENGINE=neo4j] [FUZZ=20000]
	GUANXI_TEST_FUZZ=$(or $(FUZZ),20000) $(PYTEST) -m fuzz --timeout=0 $(ARGS)

torture: environment ## 100 x kill -9 while mutations run: make torture [ROUNDS=100]
	GUANXI_TEST_TORTURE=$(or $(ROUNDS),100) $(PYTEST) -m torture --timeout=0 $(ARGS)

fmt: environment ## Format, and fix what the linter can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: environment ## Regenerate the generated files
	$(BIN)/python -m tools.fresh --write

lock: ## Resolve the dependencies again into the two lock files: make lock [ARGS=--upgrade]
	@test -x $(UV) || { $(PYTHON) -m venv .cache/uv && .cache/uv/bin/pip install --quiet uv==0.13.9; }
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --group build --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove the environment, caches and build output (never data)
	rm -rf .venv .cache dist build htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment-run environment:
	@test -n "$(PYTHON)" || { echo "Guanxi needs Python 3.11 to 3.14 on the PATH, or PYTHON=/path/to/python."; exit 1; }
	@$(PYTHON) tools/environment.py $(if $(filter environment-run,$@),run,dev)
