# Two commands: `make site` builds the report from the bundled snapshots, `make test` runs every test.
# With a network: `make site SOURCE=hub` reads the Hub first, `make site SOURCE=https://…` copies a site's history.
# With a list of your own: `make site SOURCE=folder/`; OPTIONS are what `oms import` needs to be told besides.

PYTHON ?= python3
SOURCE ?= bundled
FROM_SITE := $(filter http://% https://%,$(SOURCE))
# A list's store is its own: named after the folder, and told from folders of the same name by its whole path.
WHERE = $(abspath $(SOURCE))
LISTED := $(if $(filter hub bundled,$(SOURCE))$(FROM_SITE),,.build/lists/$(notdir $(WHERE))-$(firstword $(shell printf '%s' '$(WHERE)' | cksum)))
STORE ?= $(if $(FROM_SITE),copy,$(or $(LISTED),store))
SITE ?= site
BIN := .venv/bin

.PHONY: site serve translations test quick soak bench lint style lock propose-locks zensical browser screenshot clean
.DEFAULT_GOAL := site

site: .venv/.run
ifeq ($(SOURCE),hub)
	$(BIN)/oms fetch --store $(STORE)
	$(BIN)/oms build --store $(STORE) --site $(SITE)
else ifneq ($(FROM_SITE),)
	$(BIN)/oms restore '$(SOURCE)' --copy --store $(STORE)
	$(BIN)/oms build --store $(STORE) --site $(SITE)
else ifneq ($(LISTED),)
	$(BIN)/oms import '$(SOURCE)' --date-from-name --store '$(STORE)' $(OPTIONS)
	$(BIN)/oms build --store '$(STORE)' --site $(SITE)
else
	$(BIN)/oms build --site $(SITE)
endif

serve: .venv/.run
	$(BIN)/oms serve --site $(SITE)

# What is to be translated, taken from the sources; every catalogue brought in step with it, and checked. With
# OMS_LANGUAGE=de that of one language alone.
translations: .venv/.run
	$(BIN)/oms translations

# On all cores, a file to a core; in the order that tests/conftest.py gives, in which the long files come first.
# Python may write what it compiled: else each process compiles each test anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Every test but the soak; the types are one of them, so that the other cores do not wait for them.
test: .venv/.dev browser style
	$(PYTEST) -m "not soak"

# Those of a minute: no browser, no whole site.
quick: .venv/.dev
	$(PYTEST) -m "not soak and not slow" -q

# Kills, races, every status at every door, hundreds of nights: each week, and before a release.
soak: .venv/.dev browser
	$(PYTEST) -m soak
	$(BIN)/python -m benchmarks.kills --count 100
	$(BIN)/python -m benchmarks.races --count 20

lint: style
	$(BIN)/mypy generator

style: .venv/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

# Chromium for the browser tests: the system's, else Playwright's own, installed if that is possible.
browser: .venv/.dev
	@$(BIN)/python -m tests.chromium

# What each part costs; SIZE=--quick and SIZE=--small measure less of a Hub.
bench: .venv/.dev browser
	$(BIN)/python -m benchmarks $(SIZE)

# The picture in the README, from the built site.
screenshot: site browser
	$(BIN)/python -m tests.screenshot $(SITE)

# The newest dependencies that pyproject.toml allows, locked with hashes and without index addresses. One resolution makes
# both files: what a run needs is taken from what development needs.
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: # needs no installed lock: it is how a wrong one is mended
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check uv
	$(LOCK) pyproject.toml --extra build --extra dev -o requirements/dev.txt
	$(LOCK) pyproject.toml --extra build --constraint requirements/dev.txt -o requirements/run.txt

# The site by Zensical, the successor of our builder, beside ours: addresses, titles, texts, links, search.
zensical: site .venv/.dev
	test -x .zensical/bin/zensical || { $(PYTHON) -m venv .zensical && .zensical/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/zensical.txt; }
	$(BIN)/python -m benchmarks.builders .zensical/bin/zensical $(SITE)

# A pull request with the locks as they lie here, if they differ from the last commit's. Its checks begin when somebody
# closes and opens it again: what a workflow proposes starts no other one.
propose-locks:
	git diff --quiet -- requirements || { \
	  git switch --quiet --create "locks-$$(git hash-object requirements/dev.txt | cut -c1-8)" \
	  && git -c user.name="github-actions[bot]" -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
	    commit --quiet --message "The newest dependencies, locked" requirements \
	  && gh auth setup-git && git push --quiet --set-upstream origin HEAD && gh pr create --fill; }

clean:
	rm -rf .build site

.venv/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements/dev.txt
	@touch $@
