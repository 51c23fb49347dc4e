#!/bin/sh
# Runs each fuzz target for a bounded time: `run.sh [seconds each]`, 20 by default; `run.sh seconds target..` runs only
# those targets.
set -eu

seconds="${1:-20}"
if [ "$#" -gt 1 ]; then
    shift
    targets="$*"
else
    targets="guard endpoint server http_head http_server websocket yamux"
fi

# The sanitizer is an unstable flag of rustc.
export RUSTC_BOOTSTRAP=1

if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install cargo-fuzz --locked
fi

cd "$(dirname "$0")"
for target in $targets; do
    mkdir -p "corpus/$target"
    # 64 MiB at most in one allocation: no size from the wire may ask for more.
    cargo fuzz run "$target" "corpus/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=5 -malloc_limit_mb=64 -dict=wire.dict
done
