# The words to work with this repository. `make lab` and `make test` need nothing before them.

SHELL := bash
BIN := .venv/bin
NPM := npm --silent --prefix labextension
# what starts hundreds of processes compiles a module once, not in each of them
unexport PYTHONDONTWRITEBYTECODE
ALLOW_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help setup lab test test-kernels soak check format notebooks peers bench bench-qasm reliability clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 16

setup: ## build .venv with everything in it (takes no time when it is there)
	@tools/setup.sh

lab: setup ## open JupyterLab on the tutorials (LAB_ARGS=... is passed on)
	@$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$(CURDIR)/notebooks" $(ALLOW_ROOT) $(LAB_ARGS)

# kernels are compiled beside the first tests, or else the first loops would wait for them
test: setup ## run every test and notebook (PYTEST_ARGS=... is passed on)
	@tools/browser.sh
	@$(BIN)/python -m qmagic.backends.kernels & $(NPM) test; failed=$$?; wait $$! && exit $$failed
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

test-kernels: setup ## run the browser tests of blocked kernels on ipykernel 6 and 7.3
	@tools/browser.sh
	@tools/test_kernels.sh

soak: setup ## run the tests that count, with their full counts (up to 45 minutes)
	@QMAGIC_SOAK=1 $(BIN)/python -m pytest -m soak -o timeout=2400 $(PYTEST_ARGS)

check: setup ## lint, layout, types
	@failed=0; for tool in "ruff check" "ruff format --check" mypy; do $(BIN)/$$tool || failed=1; done; \
	    $(NPM) run check || failed=1; exit $$failed

format: setup ## let ruff and prettier lay out the code and mend what they can
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format
	@$(NPM) run format

notebooks: setup ## run the tutorials and store their outputs
	@$(BIN)/python tools/run_notebooks.py

peers: setup ## install the simulators that `make bench` compares with
	@$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check -e ".[peers]"

bench: setup ## measure against peers, in one run: a table, and JSON in benchmarks/out/
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-qasm: setup ## QASMBench: auto against the best single simulator for each file (up to 40 minutes)
	@$(BIN)/python -m benchmarks.qasm $(BENCH_ARGS)

reliability: setup ## the fault matrix by the clouds' own clients and by qmagic (some ten minutes)
	@$(BIN)/python -m benchmarks.reliability $(BENCH_ARGS)

clean: ## remove what make built (jobs and results, in QMAGIC_HOME, stay)
	@rm -rf labextension/node_modules labextension/lib labextension/*.tsbuildinfo qmagic/labextension qmagic/display/static/card.*
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis benchmarks/out dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
