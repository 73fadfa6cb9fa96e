#!/bin/sh
# Brings .venv in line with requirements.txt (`setup.sh`) or with requirements-dev.txt as well (`setup.sh dev`).
# Does nothing when the files are unchanged since they were last installed.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-run}

# Two makes at once must not write into one .venv.
if [ "${SETUP_LOCKED:-}" != yes ] && command -v flock >/dev/null; then
    exec env SETUP_LOCKED=yes flock scripts scripts/setup.sh "$mode"
fi

usable() { # $1: a Python of 3.11 or newer, $2: the modules it must have
    "$1" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && "$1" -c "import $2" 2>/dev/null
}

find_python() { # $1: the modules it must have
    for candidate in ${PYTHON:-python3 /usr/bin/python3 python3.11 python3.12 python3.13 python3.14}; do
        if usable "$candidate" "$1"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

up_to_date() { # $1: a requirements file; the copy in .venv tells what was installed last
    cmp -s "$1" ".venv/installed-$1"
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    if ! python=$(find_python "venv, ensurepip"); then
        if ! find_python sys >/dev/null; then
            echo "Python 3.11 or newer is needed, and this machine has none. On Debian:  apt-get install python3 python3-venv" >&2
            exit 1
        fi
        scripts/debian.sh python3-venv
        if ! python=$(find_python "venv, ensurepip"); then
            echo "Python's modules venv and ensurepip are still missing. Name a Python that has them:  make run PYTHON=/path/to/python3" >&2
            exit 1
        fi
    fi
    "$python" -m venv --clear .venv
fi

files="requirements.txt"
[ "$mode" = dev ] && files="$files requirements-dev.txt"

changed=
set --
for file in $files; do
    set -- "$@" -r "$file"
    up_to_date "$file" || changed=yes
done
[ -n "$changed" ] || exit 0

echo "Installing Python packages into .venv ($files) ..." >&2
for file in $files; do rm -f ".venv/installed-$file"; done
if ! .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes "$@"; then
    echo "The Python packages could not be installed: see above." >&2
    [ "$(uname -sm)" = "Linux x86_64" ] ||
        echo "For this processor some must be built first:  apt-get install build-essential python3-dev libsqlite3-dev" >&2
    exit 1
fi
for file in $files; do cp "$file" ".venv/installed-$file"; done
