#!/usr/bin/env bash
# Mutation testing of what judges: soat::inspection and soat::pki. All mutants are built at once, each behind a switch (src/switches.rs), so
# that a mutant costs the tests that come to it and no build. What survives is compared with survivors.json; anything new is a failure.
# Usage: tests/mutation/nightly.sh [FOLDER [WORD …]]
# FOLDER keeps the build and the log `ends`; with words, only the mutants whose name has one of them are tried.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v cargo-mutants >/dev/null || cargo install cargo-mutants --locked
if [ $# -gt 0 ]; then
  work=$1
  shift
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
cargo mutants --list --json -p soat -f 'shared/src/inspection/**' -f 'shared/src/pki/**' -e '**/tests.rs' >"$work/list.json"
# The same dependencies as everywhere else.
cp Cargo.lock tests/mutation/Cargo.lock
tool() { cargo run --quiet --manifest-path tests/mutation/Cargo.toml -- "$@"; }
tool build "$work/list.json" "$work"
tool reach "$work"
tool run "$work" "$@"
