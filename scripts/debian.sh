#!/bin/sh
# Installs the Debian packages named as arguments, as root or through sudo.
# Exits with 1, after saying in plain words what to do by hand, when this machine does not allow that.
set -eu

by_hand() {
    echo "$1" >&2
    echo "Please install these packages yourself and start again:  apt-get install $packages" >&2
    exit 1
}

packages=$*
command -v apt-get >/dev/null || by_hand "This machine has no apt-get."

if [ "$(id -u)" -eq 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null && [ -t 0 ]; then
    as_root="sudo env"
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    by_hand "Installing packages needs root or sudo."
fi

echo "Installing Debian packages: $packages" >&2
$as_root apt-get update -qq || by_hand "apt-get update failed."
# From Debian 13 on, fonts-liberation is what fonts-liberation2 was before.
case " $packages " in
*" fonts-liberation2 "*)
    if ! apt-cache show fonts-liberation2 >/dev/null 2>&1; then
        packages=$(echo "$packages" | sed 's/fonts-liberation2/fonts-liberation/')
    fi
    ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # both variables hold several words on purpose
if ! $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    by_hand "apt-get install failed."
fi
