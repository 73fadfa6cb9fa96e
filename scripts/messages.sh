#!/bin/sh
# Collects the translatable texts and brings every catalogue in translations/ up to date, then compiles them.
# `messages.sh en` adds a catalogue for a language first. The compiled files are committed.
set -eu
cd "$(dirname "$0")/.."

template=$(mktemp)
trap 'rm -f "$template"' EXIT

pybabel() { .venv/bin/pybabel -q "$@"; }

# Besides the standard names: the short lazy form, and N_ for texts that are only marked where they stand.
pybabel extract --mapping-file pyproject.toml --output-file "$template" \
    --keyword _l --keyword N_ --keyword say --keyword lazy_gettext --keyword lazy_ngettext:1,2 --keyword lazy_pgettext:1c,2 \
    --ignore-dirs ".*" --add-comments "Translators:" --sort-by-file --no-wrap --no-location \
    --project thidua --version 1 .

for language in "$@"; do
    [ -e "translations/$language/LC_MESSAGES/messages.po" ] ||
        pybabel init --input-file "$template" --output-dir translations --locale "$language" --no-wrap
done

set -- translations/*/LC_MESSAGES/messages.po
if [ ! -e "$1" ]; then
    echo "There is no catalogue yet. Add one with:  make messages LANGUAGES=en" >&2
    exit 1
fi
# No fuzzy matching: a guessed translation of a legal text is worse than none.
pybabel update --input-file "$template" --output-dir translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
.venv/bin/pybabel compile --directory translations --statistics
