# sclcohort: `make demo` and `make test` are all a newcomer needs. `make help` lists the rest.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
DATA ?=
# A package index may be slow or flaky; pip's own retries cover both. Nothing is compiled: only connection-pool
# (pure Python, published as source alone) is unpacked with the pinned setuptools.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help demo test check lint format lock docs cell-lines bench accuracy clean distclean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/run.ready: requirements-build.lock requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("sclcohort needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@test -d $(VENV) || { echo "Making $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked packages into $(VENV) (about 150 MB to download, once) ..."
	@$(PIP_INSTALL) -r requirements-build.lock
	@$(PIP_INSTALL) --no-binary connection-pool --no-build-isolation -r requirements.lock
	@touch $@

$(VENV)/develop.ready: $(VENV)/run.ready requirements-develop.lock
	@echo "Installing the tools of checks and tests ..."
	@$(PIP_INSTALL) -r requirements-develop.lock
	@touch $@

demo: $(VENV)/run.ready ## Set everything up and run the embedded demo cohort
	@$(BIN)/snakemake --cores $(CORES)
	@PYTHONPATH=workflow $(BIN)/python -m sclcohort summarise --results results/demo

test: $(VENV)/develop.ready ## Set everything up and run the whole test suite
	@$(BIN)/python -m pytest

lint: $(VENV)/develop.ready
	@$(BIN)/snakefmt --check --compact-diff Snakefile workflow/rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/snakemake --lint

check: lint test ## Everything that must be green: formats, lint, types, tests
	@echo "All checks passed."

format: $(VENV)/develop.ready ## Format Snakemake and Python files
	@$(BIN)/snakefmt Snakefile workflow/rules
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/run.ready ## Write the generated documentation again (config/README.md, results/README.md, SOURCES.tsv)
	@PYTHONPATH=workflow $(BIN)/python workflow/scripts/write_docs.py

cell-lines: $(VENV)/run.ready ## Run the real SCLC cell lines: make cell-lines DATA=folder (README says which tables)
	@test -n "$(DATA)" || { echo "Say where the tables are: make cell-lines DATA=folder (see README, 'Real cell lines')"; exit 2; }
	@PYTHONPATH=workflow $(BIN)/python workflow/scripts/lay_out_cell_lines.py --data "$(DATA)" --cohort results/cell_lines/cohort
	@$(BIN)/snakemake --cores $(CORES) --configfile results/cell_lines/cohort/config.yaml
	@PYTHONPATH=workflow $(BIN)/python -m sclcohort summarise --results results/cell_lines
	@PYTHONPATH=workflow $(BIN)/python workflow/scripts/assess_subtypes.py --data "$(DATA)"

bench: $(VENV)/develop.ready ## Measure: the benches of tests/performance
	@$(BIN)/python tests/performance/bench_workflow.py
	@$(BIN)/python tests/performance/bench_variants.py
	@PYTHONPATH=workflow $(BIN)/python tests/performance/bench_regulators.py
	@PYTHONPATH=workflow $(BIN)/python tests/performance/bench_scores.py

accuracy: $(VENV)/develop.ready ## Print how often zygosity is called wrongly, by purity, copies and depth
	@PYTHONPATH=workflow $(BIN)/python tests/performance/zygosity_grid.py

lock: ## Resolve the lock files again (needs uv on the PATH)
	@for name in requirements-build requirements requirements-develop; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-find-links $$name.in -o $$name.lock; \
	done

clean: ## Remove results, logs and benchmarks (the demo's and yours)
	rm -rf results/*/ logs benchmarks .snakemake

distclean: clean ## Remove the virtual environment and caches too
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
