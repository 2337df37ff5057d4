#!/usr/bin/env bash
# Runs fuzz targets for a while (default: all, 60 s each) with the address sanitizer, and prints what each covered.
# The pinned toolchain has the coverage and sanitizer passes; RUSTC_BOOTSTRAP admits their flags, so that no second toolchain is needed.
# Usage: tests/fuzz/nightly.sh [--keep] [SECONDS [TARGET …]]
# Seeds: corpus/, files of synthetic cards, made anew, and, where SOAT_REAL_DATA or shared/data exists, real files, which are never written
# into it. With --keep no real file is a seed, and the fewest small inputs that reach what was reached become corpus/TARGET.
set -euo pipefail
cd "$(dirname "$0")"

keep=
if [ "${1:-}" = --keep ]; then
  keep=1
  shift
fi
seconds=${1:-60}
shift || true
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(basename --suffix=.rs targets/*.rs)
target=x86_64-unknown-linux-gnu
longest=70000
# No kept input is longer, in bytes.
[ -z "$keep" ] || longest=4096
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The corpus is written before the instrumented build, by the stable toolchain.
real=--real
[ -z "$keep" ] || real=
cargo run --quiet --manifest-path ../Cargo.toml --bin seed-corpus -- "$work" $real

# The same dependencies as everywhere else, and libFuzzer.
cp ../../Cargo.lock Cargo.lock
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Zsanitizer=address" \
  RUSTC_BOOTSTRAP=1 cargo build --quiet --release --target "$target"

failed=0
for name in "${targets[@]}"; do
  program=target/$target/release/$name
  mkdir -p "$work/$name" "artifacts/$name" "corpus/$name"
  log="$work/$name.log"
  if "$program" "$work/$name" "corpus/$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len="$longest" \
       -artifact_prefix="artifacts/$name/" >"$log" 2>&1; then result=ok; else result=FAILED; failed=1; fi
  coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -1 || true)
  runs=$(grep -o 'Done [0-9]* runs' "$log" | tail -1 || true)
  printf '%-16s %-7s %s, %s\n' "$name" "$result" "${coverage:-cov: ?}" "${runs:-no count}"
  [ "$result" = ok ] || tail -25 "$log"
  if [ -n "$keep" ]; then
    find "$work/$name" -type f -size +"${longest}c" -delete
    # Edges alone count, not how often each was passed: a tenth of the inputs.
    mkdir "$work/kept-$name"
    "$program" -merge=1 -use_counters=0 "$work/kept-$name" "$work/$name" "corpus/$name" >"$log" 2>&1 || { tail -25 "$log"; exit 1; }
    rm -rf "corpus/$name"
    mv "$work/kept-$name" "corpus/$name"
    # The smallest came first, and of what is left the largest say least: 128 KiB a target.
    find "corpus/$name" -type f -printf '%s %p\n' | sort -n | awk '{ sum += $1 } sum > 131072 { print $2 }' | xargs -r rm
    find "corpus/$name" -type f -printf '%s\n' | awk -v name="$name" '{ sum += $1 } END { printf "%-16s %d inputs kept, %d bytes\n", name, NR, sum }'
  fi
done

exit "$failed"
