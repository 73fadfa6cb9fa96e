# Every everyday command of the project. The longer ones are scripts in scripts/.
# Variables given on the command line or in the environment (PORT, HOST, CI, PYTHON) reach the programs unchanged.

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench css messages requirements clean-demo

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## set up .venv with what the service needs
	@scripts/setup.sh

run: ## build the demo and start it (PORT=8001 HOST=0.0.0.0 change its address)
	@scripts/setup.sh
	@exec .venv/bin/python -m demo

test: ## run the checkers and all tests, installing what they need (ARGS="-k deadline" picks tests)
	@scripts/setup.sh dev
	@scripts/test_tools.sh
	@scripts/lint.sh core
	@exec .venv/bin/python -m pytest -n auto --dist worksteal $(ARGS)

lint: ## run every checker: ruff, mypy, djlint, bandit
	@scripts/setup.sh dev
	@scripts/lint.sh

format: ## put the code into its standard form and fix what can be fixed safely
	@scripts/setup.sh dev
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format --quiet .

bench: ## measure the speed and print a table
	@scripts/setup.sh dev
	@exec .venv/bin/python -m benchmarks $(ARGS)

css: ## compile assets/ into static/app.css (needs Node.js; the result is committed)
	@cd assets && npm ci --no-audit --no-fund && npm run build

messages: ## collect the texts and update and compile the translations (LANGUAGES=en adds one)
	@scripts/setup.sh
	@scripts/messages.sh $(LANGUAGES)

requirements: ## compile requirements*.in with hashes (UPGRADE=1 takes newer versions)
	@scripts/setup.sh
	@scripts/compile_requirements.sh

clean-demo: ## throw the demo's data away; the next `make run` builds it anew
	rm -rf instance
