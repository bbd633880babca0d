PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export SHOUXIN_DATA ?= $(CURDIR)/data

.PHONY: demo run test check clauses bench screens pictures format messages lock licences

$(VENV)/runtime.stamp: requirements/runtime.txt tools/environment.py tools/install_self.py
	@$(PYTHON) tools/environment.py $(VENV) requirements/runtime.txt
	@$(BIN)/python tools/install_self.py
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@$(PYTHON) tools/environment.py $(VENV) requirements/dev.txt
	@touch $@

demo: $(VENV)/runtime.stamp ## a console with a demonstration organisation
	@exec $(BIN)/shouxin demo

run: $(VENV)/runtime.stamp ## an empty console; prints a one-time link for the first two people
	@exec $(BIN)/shouxin serve

test: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy conftest.py shouxin tests tools
	@$(BIN)/lint-imports
	@$(BIN)/python tools/caps.py

clauses: $(VENV)/dev.stamp
	@$(BIN)/python tools/clauses.py

bench: $(VENV)/dev.stamp ## measure against baselines (docs/performance.md); FULL=1 for up to a million customers
	@$(BIN)/python -m benchmarks $(if $(FULL),--full)

screens: $(VENV)/dev.stamp ## every screen of every role in every look, and what is wrong with it: artefacts/screens/index.html
	@$(BIN)/python -m tools.screens

pictures: $(VENV)/dev.stamp ## the pictures of the handbook, from demonstration data
	@$(BIN)/python -m tools.screens --handbook

format: $(VENV)/dev.stamp
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

messages: $(VENV)/dev.stamp ## gather strings, keep the catalogues complete, compile them
	@$(BIN)/python tools/messages.py

lock: $(VENV)/dev.stamp
	@for f in runtime dev; do $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet requirements/$$f.in -o requirements/$$f.txt; done

licences: $(VENV)/dev.stamp
	@$(BIN)/python tools/licences.py
