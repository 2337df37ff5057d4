#!/usr/bin/env bash
# Exports the synthetic card as HL7 FHIR R4 under two profiles and reads the files back with an independent model of R4.
# Usage: tests/fhir/nightly.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOAT_TRUST=$work/trust
soat() { cargo run --quiet --locked --bin soat -- "$@"; }
fingerprint=$(soat card vietnam-2024 --csca "$work/csca.der" 2>&1 | grep -oE '[0-9A-F]{64}' | head -1)
soat trust add "$work/csca.der" --demonstration --fingerprint "$fingerprint"
for profile in operational hospital; do
  soat read --reader virtual --profile "$profile" --save "$work/$profile.soat" >/dev/null
  soat export "$work/$profile.soat" --profile "$profile" --fhir "$work/$profile.json"
done
cargo run --quiet --manifest-path tests/fhir/Cargo.toml -- "$work"/*.json
