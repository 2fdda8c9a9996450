# Everything a desk and the build machine do. `make` says what there is; nothing else needs installing.

PY ?= python3

export PYTHONDONTWRITEBYTECODE :=
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
export PATH := $(CURDIR)/.tools/node/bin:$(PATH)

RUN := .venv/bin
UV := .tools/bin/uv
SYNC := $(UV) pip sync -q --require-hashes --python .venv
LOCK := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
NPM_CI := npm ci --silent --no-audit --no-fund --no-update-notifier
LANGUAGES := de ja zh
TEXTS := .cache/messages.pot
COLLECT_TEXTS = mkdir -p .cache && $(RUN)/pybabel -q extract -F pyproject.toml -k N_ -k NN_:1,2 -k lazy --no-location --sort-output --project Contest -o $(TEXTS) .
UPDATE_TEXTS = $(RUN)/pybabel -q update -i $(TEXTS) -d translations --ignore-pot-creation-date --no-fuzzy-matching
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po)
SOURCES := $(shell find frontend templates contest -type f ! -name '*.pyc') vite.config.js
FOR ?= run
SCRATCH := CONTEST_SECRET_KEY=for-writing-migrations CONTEST_DATABASE_URL=sqlite:///$(CURDIR)/.cache/migrations.db
PYTEST := $(RUN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

help:  ## List these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

demo: ready  ## Serve the example contest on 127.0.0.1:8000 and print a sign-in link per role
	@$(RUN)/python -m contest demo hitachi-shanghai --serve

run: ready  ## Serve an empty instance on 127.0.0.1:8000
	@$(RUN)/python -m contest serve

test: tested  ## Run every test, on SQLite and on PostgreSQL
	$(PYTEST)
	CONTEST_TEST_DATABASE=postgresql $(PYTEST) -m database

attack: tested  ## Attack the program, on SQLite and on PostgreSQL: a row per promise
	$(RUN)/python -m tests.attack $(ONLY)

audit: .venv/.run  ## Hold every package against a snapshot of advisories (ADVISORIES=folder or zip); 2 means UNKNOWN
	@$(RUN)/python -m contest.supply audit $(ADVISORIES)

sbom: .venv/.run  ## Write the list of ingredients, CycloneDX, to sbom.json
	@$(RUN)/python -m contest.supply sbom > sbom.json

check: .venv/.dev  ## Check style, types, layers, templates and translations
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache
	$(RUN)/djlint templates --lint --quiet
	$(COLLECT_TEXTS)
	$(if $(CATALOGUES),$(UPDATE_TEXTS) --check)

fix: .venv/.dev  ## Mend what style tools can mend
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

migration: .venv/.dev  ## Write a migration from the models (m="what changes")
	@test -n "$(m)" || { echo 'Say what changes: make migration m="..."'; exit 2; }
	@mkdir -p .cache && rm -f .cache/migrations.db*
	@$(SCRATCH) $(RUN)/python -m alembic upgrade head
	@$(SCRATCH) $(RUN)/python -m alembic revision --autogenerate -m "$(m)"

translations: .venv/.dev  ## Bring the texts to translate into translations/*/LC_MESSAGES/messages.po
	$(COLLECT_TEXTS)
	for language in $(LANGUAGES); do test -e translations/$$language/LC_MESSAGES/messages.po || \
		$(RUN)/pybabel -q init -i $(TEXTS) -d translations -l $$language; done
	$(UPDATE_TEXTS)

docs: .venv/.run  ## Write docs/permissions.md and docs/security/fields.md from the program
	$(RUN)/python -m contest permissions > docs/permissions.md
	$(RUN)/python -m contest fields > docs/security/fields.md

figures: tested  ## Draw the pictures in docs/organisers again
	$(RUN)/python -m tests.figures

screens: tested  ## Take the pictures in docs/screens again
	$(RUN)/python -m tests.screens $(ONLY)

lock: .tools/.node  ## Write the lock files again (UPGRADE=1 takes newer versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) --all-extras --group dev pyproject.toml -o requirements-dev.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --all-extras -c requirements-dev.txt pyproject.toml -o requirements.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --group frontend -o requirements-node.txt
	echo uv | $(LOCK) $(if $(UPGRADE),--upgrade) - -o requirements-uv.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved --silent

# What the targets above stand on. Python, node and the browser are fetched side by side.

ready:
	@$(MAKE) -s --no-print-directory -j2 .venv/.run static/.built
	@$(MAKE) -s --no-print-directory .cache/translations

tested:
	@$(MAKE) -s --no-print-directory -j3 FOR=dev .venv/.dev static/.built .cache/chromium/chromium
	@$(MAKE) -s --no-print-directory .cache/translations

$(UV): requirements-uv.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Contest needs Python 3.11 or newer; say which with make PY=...")'
	@echo 'Preparing the tools …'
	@test -x .tools/bin/python || $(PY) -m venv .tools
	.tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-uv.txt
	touch $@

.venv/pyvenv.cfg: | $(UV)
	$(UV) venv -q --python .tools/bin/python .venv

# One environment: the tests' packages are added to the server's and stay when only the server is asked for.
.venv/.run: requirements.txt $(UV) .venv/pyvenv.cfg
	@echo 'Installing Python packages …'
	$(SYNC) $(if $(wildcard .venv/.dev),requirements-dev.txt,--compile-bytecode requirements.txt)
	touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo 'Installing Python packages for the tests …'
	$(SYNC) requirements-dev.txt
	touch $@

# Node from the system where it is new enough, else from a Python package.
.tools/.node: requirements-node.txt $(UV)
	node -e '[a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019)' 2>/dev/null && npm --version >/dev/null 2>&1 || \
		{ $(UV) venv -q --allow-existing --python .tools/bin/python .tools/node && \
		  $(UV) pip sync -q --require-hashes --python .tools/node requirements-node.txt; }
	touch $@

node_modules/.run: package-lock.json .tools/.node
	$(NPM_CI) $(if $(wildcard node_modules/.dev),--include,--omit)=dev
	touch $@ $(wildcard node_modules/.dev)

node_modules/.dev: package-lock.json .tools/.node
	$(NPM_CI) --include=dev
	touch node_modules/.run $@

static/.built: node_modules/.$(FOR) $(SOURCES)
	@echo 'Building the front end …'
	node_modules/.bin/vite build --logLevel error
	touch $@

.cache/translations: $(CATALOGUES)
	$(if $(CATALOGUES),$(RUN)/pybabel -q compile -d translations)
	mkdir -p .cache && touch $@

# A browser with the libraries it needs, the same on every machine.
.cache/chromium/chromium: node_modules/.dev .venv/.dev
	@echo 'Unpacking a browser …'
	rm -rf .cache/chromium
	$(RUN)/python -m tests.browser
	touch $@

.PHONY: help demo run test attack audit sbom check fix migration translations docs figures screens lock ready tested
