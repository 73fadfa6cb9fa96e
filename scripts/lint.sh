#!/bin/sh
# Everything that checks the code without running it. `lint.sh core` is the part that `make test` insists on.
# All checkers run, so that one pass shows everything; a single complaint makes the whole fail.
set -eu
cd "$(dirname "$0")/.."
failed=0

.venv/bin/ruff check . || failed=1
.venv/bin/ruff format --check . || failed=1
.venv/bin/mypy || failed=1
if [ "${1:-}" != core ]; then
    [ ! -d templates ] || .venv/bin/djlint --quiet --lint templates || failed=1
    .venv/bin/bandit --quiet --configfile pyproject.toml --recursive . || failed=1
fi
exit $failed
