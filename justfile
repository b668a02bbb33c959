# Recipes for people who work on GIS Capture. "uv run --group dev just --list" shows them.

set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

# What a newcomer runs, and what CI runs: every test
test: web (_pytest "") _web-test _e2e

# Everything that must hold before a change lands
check: lint test docs

# Format, types, import rules, dead code
lint: web
    ruff format --check
    ruff check
    mypy
    lint-imports
    npm --prefix web run lint
    npm --prefix web run check

# Build the web app into web/dist
web:
    python scripts/build_web.py

# Python tests without a browser; arguments go to pytest: just test-python tests/store -k revision
test-python *arguments: (_pytest arguments)

# QGIS itself edits the live file and a checked-out one; installs QGIS on Debian where it is missing and one is root
test-qgis:
    python tests/qgis/install.py
    python -m pytest -q tests/qgis

# Start the server on a demo workspace
serve *arguments:
    gis-capture demo {{ arguments }}

# Check that the documentation names what there is
docs:
    python -m pytest -q tests/docs

# Benchmarks beside their peers: just bench, just bench convert
bench *names:
    python -m benchmarks {{ names }}

# Read damaged ledgers for as long as one likes; failing inputs are kept in artifacts/fuzz
fuzz *arguments:
    python -m tests.ledger.fuzz.campaign {{ arguments }}

# Days of work over a bad network, with kills, until the time is up: just soak --seed 7 --minutes 30
soak *arguments:
    python -m tests.faults.soak {{ arguments }}

# 200 tablets that browse and sync with one server for minutes; errors, times and memory: just soak-server --minutes 3
soak-server *arguments:
    python -m tests.faults.soak_server {{ arguments }}

# Known holes in what we depend on, Python and web; needs the internet
audit:
    python scripts/audit.py

# Write constraint-dependencies and requirements.lock anew from the newest versions
lock:
    python scripts/lock.py

# Screenshots of the office page and the tablet app in both orientations, into artifacts/
screenshots: web
    python tests/e2e/browser.py
    python -m pytest -q tests/e2e/test_screenshots.py --screenshots artifacts/screenshots

_pytest arguments:
    python tests/postgres.py
    python tests/paper/font.py
    python -m pytest -q -n logical --dist worksteal --ignore tests/e2e --ignore tests/qgis {{ arguments }}

_web-test:
    npm --prefix web test

_e2e:
    python tests/e2e/browser.py
    python -m pytest -q tests/e2e
