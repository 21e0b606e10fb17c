# Two commands: `make site` builds the report from the bundled snapshots, `make test` runs every test.
# With a network: `make site SOURCE=hub` reads the Hub first.

PYTHON ?= python3
SOURCE ?= bundled
STORE ?= store
SITE ?= site
BIN := .venv/bin

.PHONY: site serve test bench lint lock browser screenshot clean
.DEFAULT_GOAL := site

site: .venv/.run
ifeq ($(SOURCE),hub)
	$(BIN)/oms fetch --store $(STORE)
	$(BIN)/oms build --store $(STORE) --site $(SITE)
else
	$(BIN)/oms build --site $(SITE)
endif

serve: .venv/.run
	$(BIN)/oms serve --site $(SITE)

test: .venv/.dev browser lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy generator

# Chromium for the browser tests: the system's, else Playwright's own, installed if that is possible.
browser: .venv/.dev
	@$(BIN)/python -m tests.chromium

bench: .venv/.dev
	$(BIN)/python -m benchmarks

# The picture in the README, from the built site.
screenshot: site browser
	$(BIN)/python -m tests.screenshot $(SITE)

# The locked dependencies, with hashes and without index addresses.
lock: .venv/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements/dev.txt

clean:
	rm -rf .build site

.venv/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
