#!/usr/bin/env bash
# Runs every fuzz target for a while (default 60 s) with the address sanitizer, and prints what each covered.
# The pinned toolchain has the coverage and sanitizer passes; RUSTC_BOOTSTRAP admits their flags, so that no second toolchain is needed.
# Usage: tests/fuzz/nightly.sh [SECONDS]
# Seeds: files of synthetic cards, made anew, and, where SOAT_REAL_DATA or shared/data exists, real files, which are never written into it.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
target=x86_64-unknown-linux-gnu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The corpus is written before the instrumented build, by the stable toolchain.
cargo run --quiet --manifest-path ../Cargo.toml --bin seed-corpus -- "$work" --real

# The same dependencies as everywhere else, and libFuzzer.
cp ../../Cargo.lock Cargo.lock
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Zsanitizer=address" \
  RUSTC_BOOTSTRAP=1 cargo build --quiet --release --target "$target"

# Where a word has 32 bits, lengths overflow sooner: the corpus once more. Needs the packages of gcc-multilib.
if rustup target list --installed | grep -q i686-unknown-linux-gnu; then
  cargo run --quiet --manifest-path ../Cargo.toml --bin replay --target i686-unknown-linux-gnu
else
  echo "not replayed with 32 bits: rustup target add i686-unknown-linux-gnu, apt-get install gcc-multilib"
fi

failed=0
for source in targets/*.rs; do
  name=$(basename "$source" .rs)
  mkdir -p "$work/$name" "artifacts/$name"
  log="$work/$name.log"
  if "target/$target/release/$name" "$work/$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=70000 \
       -artifact_prefix="artifacts/$name/" >"$log" 2>&1; then result=ok; else result=FAILED; failed=1; fi
  coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -1 || true)
  runs=$(grep -o 'Done [0-9]* runs' "$log" | tail -1 || true)
  printf '%-16s %-7s %s, %s\n' "$name" "$result" "${coverage:-cov: ?}" "${runs:-no count}"
  [ "$result" = ok ] || tail -25 "$log"
done
exit "$failed"
