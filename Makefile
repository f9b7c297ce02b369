# `make demo` and `make test` set up everything they need in .venv; nothing else is to be done first.
PYTHON ?= python3
OUT := out/demo
SEED := $(wildcard ../shared/seed/dispatch.txt)
VENV := .venv/bin
SOURCES := labels infer train
# one a core, each of one thread
PROCESSES ?= auto
export TOKENIZERS_PARALLELISM := true

.PHONY: demo test fast lint types mutants docs notebooks clean

demo: .venv/ready
	$(VENV)/dateline train train/recipes/quick.toml --output $(OUT)/checkpoint
	$(VENV)/dateline package $(OUT)/checkpoint $(OUT)/bundle
	$(VENV)/dateline evaluate $(OUT)/bundle labels/corpus --split test --out $(OUT)/report
	$(VENV)/dateline extract $(OUT)/bundle labels/samples/*.txt $(SEED) --show --out $(OUT)/read.jsonl --incidents $(OUT)/incidents.csv
	@$(if $(SEED),,echo "The seed dispatch ../shared/seed/dispatch.txt is not there, so the samples alone were read.")
	@echo
	@echo "checkpoint  $(OUT)/checkpoint"
	@echo "bundle      $(OUT)/bundle"
	@echo "report      $(OUT)/report/report.md"
	@echo "incidents   $(OUT)/incidents.csv"
	@echo "texts read  $(OUT)/read.jsonl"

test: .venv/ready
	OMP_NUM_THREADS=1 $(VENV)/python -m pytest -n $(PROCESSES) --dist loadfile

fast: .venv/ready
	OMP_NUM_THREADS=1 $(VENV)/python -m pytest -n $(PROCESSES) --dist loadfile -m "not slow"

lint: .venv/ready
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/hadolint docker/*.Dockerfile
	$(VENV)/python benchmarks/sizes.py
	$(VENV)/deptry $(SOURCES) --optional-dependencies-dev-groups dev,docs,fuzz,notebooks
	$(VENV)/deptry $(SOURCES) benchmarks docs/hooks notebooks tests tests/*/

types: .venv/ready
	$(VENV)/mypy
	$(VENV)/pyright --pythonpath $(VENV)/python

# Minutes a module; MUTANTS=0 makes every mistake there is.
mutants: .venv/ready
	OMP_NUM_THREADS=1 $(VENV)/python benchmarks/mutation.py --sample $(or $(MUTANTS),100)

# The variable silences what Material for MkDocs says of another program. Warnings stop the build; with --quiet they would not.
docs: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(VENV)/mkdocs build --strict
	@echo "documentation  out/site/index.html; with its search: $(VENV)/python -m http.server --directory out/site, then http://localhost:8000"

notebooks: .venv/ready
	$(VENV)/python notebooks/refresh.py

.venv/ready: pyproject.toml constraints.txt
	@echo "Setting up .venv: some minutes, 3.3 GB of packages; pip is quiet meanwhile."
	$(PYTHON) -m venv .venv
	$(VENV)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[train,report,tune,int8,openvino,archive,spacy,docs,dev]"
	touch $@

clean:
	rm -rf .venv out dist build
