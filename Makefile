# make site: build the demo into site/.  make test: every test, lint and type check.
# Each needs Python 3.11 or later and nothing else: it makes the virtual environment first, and again when the lock,
# the project's metadata, the folder or the Python change.

VENV ?= .venv
BIN = $(VENV)/bin

# The newest Python that really runs (a shim may exist and fail) and can make a virtual environment.
WORKS = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	if $$p -c '$(WORKS)' >/dev/null 2>&1; then echo $$p; break; fi; done)
endif

.PHONY: help
help:
	@echo 'make site      build the demo site into site/'
	@echo 'make test      run all tests, lint and type checks'
	@echo 'make test-all  run the tests on every Python from 3.11 to 3.14 that is here'
	@echo 'make coverage  run the tests, and fail where less than 95 % of lines and branches run'
	@echo 'make torture   run the full form of the slow tests (over an hour)'
	@echo 'make mutants   change the code of what matters most, and list the changes that no test sees'
	@echo 'make bench     measure beside other generators, and say how to install them'
	@echo 'make pictures  take a picture of every kind of page, into pictures/'
	@echo 'make sheet     make the sheet of the blind reading anew, from the demo'
	@echo 'make valid     hold every kind of page against the Nu checker (needs npm and Java)'
	@echo 'make format    put the code in order'
	@echo 'make lock      pin the newest dependencies that pyproject.toml allows (needs uv)'
	@echo 'make clean     remove what these make'

.PHONY: site
site: runtime
	$(BIN)/python build.py build

.PHONY: test
test: lint types programs
	$(BIN)/python -m pytest -n auto --dist worksteal

# Tracing lines takes as long again as the tests: a command of its own.
.PHONY: coverage
coverage: setup programs
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term --cov-report=json:$(VENV)/coverage.json
	@$(BIN)/python -c '$(BRANCHES)'

# Some of it needs a tmpfs, which only root may mount; what can't be run says so.
.PHONY: torture
torture: setup programs
	$(BIN)/python -m pytest -n auto --dist worksteal -m torture

# Newer releases of mutmut may make other mutants: pinned, so that two rounds can be compared.
.PHONY: mutants
mutants: setup
	$(PIP) install mutmut==3.8.1
	$(BIN)/python -m mutmut run --max-children 2
	$(BIN)/python -m mutmut results

.PHONY: lint
lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: types
types: setup
	$(BIN)/mypy

# The gate in pyproject.toml counts lines and branches together; this one counts branches alone.
BRANCHES = import json, sys; \
	share = json.load(open("$(VENV)/coverage.json"))["totals"]["percent_branches_covered"]; \
	print(f"branches covered: {share:.1f} %"); sys.exit(share < 95)

# For the whole table: make bench PAGES="100 1000 10000"
PAGES = 100 1000
RUNS = 3
PEERS = bench/peers

.PHONY: bench
bench: setup
	$(BIN)/python -m bench --pages $(PAGES) --runs $(RUNS) --peers $(PEERS)

# Every kind of page, wide and on a phone, light, dark, in print and from right to left, to be looked at.
.PHONY: pictures
pictures: setup programs
	$(BIN)/python -m tests.pictures pictures

# The paragraphs of both explainers with the words at each claim and nothing else, to be read by someone who knows
# neither notes nor rule, and the key to it.
.PHONY: sheet
sheet: setup
	$(BIN)/python build.py build --quiet --out $(VENV)/sheet
	$(BIN)/python -m tools.reading_sheet $(VENV)/sheet docs/blind-reading.md docs/blind-reading-key.md \
		sessions-kislyak mayflower-april-2016

NU = $(VENV)/node/node_modules/vnu-jar/build/dist/vnu.jar

.PHONY: valid
valid: setup $(NU)
	VNU_JAR=$(NU) $(BIN)/python -m pytest tests/test_valid.py

$(NU):
	npm install --silent --no-audit --no-fund --prefix $(VENV)/node vnu-jar

.PHONY: format
format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: test-all
test-all:
	@found=; \
	for minor in 11 12 13 14; do \
		for p in python3.$$minor "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.$$minor.*/bin/python; do \
			if "$$p" -c 'import sys; assert sys.version_info[1] == '$$minor'; $(WORKS)' >/dev/null 2>&1; then \
				echo "== Python 3.$$minor"; \
				$(MAKE) --no-print-directory PYTHON="$$p" VENV=$(VENV)-3.$$minor pytest || exit; \
				found="$$found 3.$$minor"; \
				break; \
			fi; \
		done; \
	done; \
	echo "tested on Python:$$found"; test -n "$$found"

.PHONY: pytest
pytest: setup
	$(BIN)/python -m pytest -n auto --dist worksteal

# Exact versions, with the hashes of their files for every platform and the address of no registry. Extras stay named:
# without them pip before 23.3 takes `coverage[toml]` for a package that nothing pins, once a newer release is out.
COMPILE = uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11

# `requirements.lock` has what a build needs, in the versions that the tests run with.
.PHONY: lock
lock:
	$(COMPILE) --upgrade --group pyproject.toml:dev --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

.PHONY: clean
clean:
	rm -rf $(VENV) $(VENV)-3.* mutants pictures site .site.explainer-* .explainer dist htmlcov .coverage .coverage.* \
		.hypothesis .mypy_cache .pytest_cache .ruff_cache

# --- Set-up --------------------------------------------------------------------------------------

# The stamp holds what the environment was made from; a different one means making it anew.
KEY = import hashlib, os, sys; \
	files = [open(name, "rb").read() for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml")]; \
	place = f"{sys.version} {sys.base_prefix} {os.getcwd()}"; \
	print(hashlib.sha256(b"".join([*files, place.encode()])).hexdigest())

# What tests drive besides Python, and Debian's package that has it. Where apt is missing, or not ours to use, the
# tests that need it are skipped and say so.
PROGRAMS = chromium:chromium strace:strace rsync:rsync sshd:openssh-server nginx:nginx-light apache2:apache2-bin
APT = DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0

.PHONY: programs
programs:
	@missing=; for program in $(PROGRAMS); do \
		PATH="$$PATH:/usr/sbin:/usr/local/sbin" command -v $${program%%:*} >/dev/null || \
			missing="$$missing $${program##*:}"; \
	done; \
	if test -n "$$missing" && command -v apt-get >/dev/null; then \
		root=; test "$$(id -u)" = 0 || root='sudo -n'; \
		echo "installing$$missing"; \
		$$root env $(APT) update && $$root env RUNLEVEL=1 $(APT) install -y --no-install-recommends $$missing \
			>/dev/null || echo "could not install$$missing; the tests that need them are skipped"; \
	fi

PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check

NO_PYTHON = Explainer needs Python 3.11 or later that can make virtual environments, and \
	$(if $(PYTHON),$(PYTHON) is not one,none was found on the PATH). Install one, or name one with \
	PYTHON=/path/to/python3. On Debian and Ubuntu: apt install python3-venv

.PHONY: python
python:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(WORKS)' >/dev/null 2>&1 || { echo "$(NO_PYTHON)" >&2; exit 1; }

# What `build.py` needs, and no more. An environment that `setup` has made will do.
.PHONY: runtime
runtime: python
	@key=$$($(PYTHON) -c '$(KEY)') && if ! grep -qsx "$$key" $(VENV)/stamp $(VENV)/stamp-runtime; then \
		echo "making $(VENV) with $$($(PYTHON) --version)" && \
		$(PYTHON) -m venv --clear $(VENV) && \
		$(PIP) install --require-hashes -r requirements.lock && \
		echo "$$key" >$(VENV)/stamp-runtime; \
	fi

.PHONY: setup
setup: python
	@key=$$($(PYTHON) -c '$(KEY)') && if [ "$$key" != "$$(cat $(VENV)/stamp 2>/dev/null)" ]; then \
		echo "making $(VENV) with $$($(PYTHON) --version)" && \
		$(PYTHON) -m venv --clear $(VENV) && \
		$(PIP) install --require-hashes -r requirements-dev.lock && \
		$(PIP) install --no-deps --no-build-isolation -e . && \
		echo "$$key" >$(VENV)/stamp; \
	fi
