#!/bin/sh
# Runs each fuzz target for a bounded time, from the corpus in tests/idl-corpus: `run.sh [seconds each]`, 20 by default.
set -eu

seconds="${1:-20}"
here="$(cd "$(dirname "$0")" && pwd)"
seeds="$here/seeds"

# The sanitizer is an unstable flag of rustc.
export RUSTC_BOOTSTRAP=1

if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install cargo-fuzz --locked
fi

mkdir -p "$seeds"
find "$here/../../tests/idl-corpus" "$here/../tests/all/syntax" -name '*.thrift' | while read -r file; do
    cp "$file" "$seeds/$(echo "${file#"$here"/../}" | tr '/' '-')"
done

cd "$here"
for target in parse check; do
    mkdir -p "corpus/$target"
    cargo fuzz run "$target" "corpus/$target" seeds -- \
        -max_total_time="$seconds" -max_len=20000 -timeout=5 -dict=thrift.dict
done
