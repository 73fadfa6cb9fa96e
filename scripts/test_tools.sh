#!/bin/sh
# Makes sure that the programs are there which some tests drive: Chromium, its Vietnamese-complete font, PostgreSQL's server.
# Without them those tests are skipped, and say so; under CI=true nothing may be skipped, so that is a failure.
set -eu
cd "$(dirname "$0")/.."

missing() {
    command -v chromium >/dev/null || echo chromium
    set -- /usr/share/fonts/truetype/liberation*/LiberationSerif-Regular.ttf
    [ -e "$1" ] || echo fonts-liberation2
    set -- /usr/lib/postgresql/*/bin/initdb
    [ -x "$1" ] || echo postgresql
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

# shellcheck disable=SC2086  # several words on purpose
if scripts/debian.sh $packages && [ -z "$(missing)" ]; then
    exit 0
fi
if [ "${CI:-}" = true ]; then
    echo "CI needs these, and they are missing: $packages" >&2
    exit 1
fi
echo "Going on without: $packages(the tests that need them will be skipped)" >&2
