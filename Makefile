# Everything a newcomer types. Needs python3 (3.11 or later) with venv, and make.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Tests at once: as many as there are processors, two to four.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 2 ? 2 : n > 4 ? 4 : n)))
# What `make run` installs beside the core, each requirements/NAME.lock: make run EXTRAS= for none, EXTRAS='media blur s3 parquet papers' for all.
EXTRAS ?= media blur parquet papers
URL ?=
SECONDS ?= 300
SEED ?= 1
ONLY ?=
KEY ?=
AT ?=
UPGRADE ?= --upgrade
LOCKS := core media blur s3 parquet papers dev
# Checks read the settings; they must not touch anybody's home.
CHECK_HOME := LINLI_HOME=$(CURDIR)/build/check

# What Python has compiled is kept beside the sources, whatever the caller's setting: every worker and program started by a
# test would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run test test-sqlite test-long test-postgres browser bench fuzz sbom audit release lock messages vendor clean \
	check check-format check-lint check-imports check-types check-migrations check-messages check-vendor

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "linli needs Python 3.11 or later; $(PYTHON) is older. Say which: make PYTHON=python3.12 install" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "Python's venv is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@touch $@

# What linli runs on, and the program itself at .venv/bin/linli.
$(VENV)/.core: $(VENV)/.made requirements/core.lock pyproject.toml
	$(RUN) -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/core.lock
	$(RUN) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.extra-%: $(VENV)/.core requirements/%.lock
	$(RUN) -m pip install --disable-pip-version-check --quiet --only-binary :all: --no-deps --require-hashes \
		-r requirements/$*.lock
	@touch $@

# What it is tested and checked with.
$(VENV)/.dev: $(VENV)/.core $(EXTRAS:%=$(VENV)/.extra-%) requirements/dev.lock
	$(RUN) -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/dev.lock
	@touch $@

install: $(VENV)/.dev  ## Make the virtual environment with everything, and .venv/bin/linli

run: $(VENV)/.core $(EXTRAS:%=$(VENV)/.extra-%)  ## Install, make the demo county, start on 127.0.0.1:8000, print a login per role
	@$(VENV)/bin/linli demo --if-empty
	@exec $(VENV)/bin/linli up

# Where SQL is written by hand, and where many act at once: there the stores differ, if anywhere.
STORES_DIFFER := linli/kit linli/journal linli/events/tests/test_at_once.py linli/intake/tests/test_writer.py \
	linli/mediation/tests/test_dispute_at_once.py
ROOMS ?=
AGAIN ?=

test: test-sqlite  ## Tests on SQLite, then those where stores may differ on a PostgreSQL that comes as a wheel; the long ones: make test-long
	@$(MAKE) --no-print-directory test-postgres ROOMS='$(STORES_DIFFER)'

test-sqlite: $(VENV)/.dev
	$(RUN) -m pytest -q -m 'not browser and not long' -n $(WORKERS)

test-long: $(VENV)/.dev  ## What takes long (docs/tests.md): walks over everything, programs started whole and killed, on SQLite
	$(RUN) -m pytest -q -m long -n $(WORKERS)

test-postgres: $(VENV)/.dev  ## All that asks the store, on PostgreSQL; URL=postgres://user@host:port/database for one of your own, with the pages too
	$(RUN) -m pytest -q -n $(WORKERS) $(ROOMS) --postgres$(if $(URL),='$(URL)')

browser: $(VENV)/.dev  ## Tests in a real browser (Debian: chromium chromium-headless-shell fonts-wqy-microhei); AGAIN=1 for those that failed
	$(RUN) -m pytest -q -m browser -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		$(if $(AGAIN),--last-failed --last-failed-no-failures none)

check: check-format check-lint check-imports check-types check-migrations check-messages check-vendor  ## Format, types, imports, migrations, messages, vendored files

check-format: $(VENV)/.dev
	@$(VENV)/bin/ruff format --check --quiet . >/dev/null || \
		{ $(VENV)/bin/ruff format --check . | grep Would; echo "Run $(VENV)/bin/ruff format ." >&2; exit 1; }

check-lint: $(VENV)/.dev
	$(VENV)/bin/ruff check --quiet .

check-imports: $(VENV)/.dev
	@$(VENV)/bin/lint-imports --no-logo

check-types: $(VENV)/.dev
	$(CHECK_HOME) $(VENV)/bin/mypy

check-migrations: $(VENV)/.dev
	$(CHECK_HOME) $(RUN) manage.py makemigrations --check --dry-run

check-messages: $(VENV)/.dev
	$(RUN) -m tools.messages --check

check-vendor: $(VENV)/.dev
	$(RUN) -m tools.vendor --check

bench: $(VENV)/.dev  ## Measure; every line is a ratio within one run
	$(RUN) -m bench

fuzz: $(VENV)/.dev  ## Throw broken input at every door and reader of files; SECONDS=300, SEED=1, ONLY=csv for one of them
	$(RUN) -m tools.fuzz --seconds $(SECONDS) --seed $(SEED) $(ONLY:%=--only %)

sbom: $(VENV)/.core  ## The list of what linli is made of, as CycloneDX JSON, in build/
	$(RUN) -m tools.sbom --to build/linli.cdx.json

audit: $(VENV)/.core  ## Ask an advisory database about all that is locked (needs a network; exit status 3 of the tool: not reached)
	$(RUN) -m tools.audit $(AT:%=--at %)

release: $(VENV)/.core  ## Archive, list of parts, checksums and signature of what is committed, in build/release; KEY=the SSH key that signs
	$(RUN) -m tools.release $(KEY:%=--key %)

lock: $(VENV)/.dev  ## Resolve requirements/*.in anew; UPGRADE= keeps the versions there are
	cd requirements && for lock in $(LOCKS); do \
		inputs=$$lock.in; if [ $$lock = core ]; then inputs='core.in build.in'; else inputs="$$inputs -c core.lock"; fi; \
		if [ $$lock = blur ]; then inputs="$$inputs --no-deps"; fi; \
		$(CURDIR)/$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet $(UPGRADE) \
			--no-emit-index-url --no-header --no-annotate -o $$lock.lock $$inputs || exit 1; \
	done

messages: $(VENV)/.dev  ## Bring the Chinese catalogue up to date; FILL=DIR takes translations from *.tsv there
	$(RUN) -m tools.messages $(if $(FILL),--fill $(FILL))

vendor: $(VENV)/.dev  ## Fetch the files in linli/web/static/vendor/ anew, as vendor.lock.json says (needs npm)
	$(RUN) -m tools.vendor

clean:  ## Remove what was built; not the virtual environment, not var/
	rm -rf build test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find linli tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
