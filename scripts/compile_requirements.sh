#!/bin/sh
# Compiles requirements*.in into requirements*.txt: every package pinned, with the hashes of all its published files.
# The result fits every platform and Python from 3.11 on. Pins that still fit are kept; UPGRADE=1 takes newer ones.
set -eu
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
.venv/bin/python -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9

for name in requirements requirements-dev; do
    # --no-config: a machine's own settings (other indexes, local folders) must not find their way into the files.
    "$tools/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --custom-compile-command "make requirements" \
        ${UPGRADE:+--upgrade} --output-file "$name.txt" "$name.in"
done
