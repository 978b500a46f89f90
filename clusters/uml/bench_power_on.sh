#!/bin/bash
# Times the embedded cluster from power-on to a usable StorageClass on healthy Ceph, and the memory that all of it takes.
# Goals on two cores with a warm cache: 90 s and 4096 MiB. Run it on a machine that does nothing else, since memory is
# measured as what the machine has less of.
#
#   clusters/uml/bench_power_on.sh [PROGRAM]        by default build/release/holdfast
set -euo pipefail
cd "$(dirname "$0")/../.."
PROGRAM=${1:-build/release/holdfast}
CLUSTER=bench
[ -x "$PROGRAM" ] || {
  echo "bench_power_on.sh: there is no $PROGRAM; run: ./qualify" >&2
  exit 3
}

WORK=$(mktemp -d)
SAMPLER=""
finish() {
  [ -z "$SAMPLER" ] || kill "$SAMPLER" 2>/dev/null || true
  "$PROGRAM" cluster down $CLUSTER --provider uml >>"$WORK/log" 2>&1 || cat "$WORK/log"
  rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM

available_mib() { awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo; }

sample_memory() {
  while sleep 0.5; do available_mib >>"$WORK/available"; done
}

"$PROGRAM" cluster down $CLUSTER --provider uml >"$WORK/log" 2>&1
before=$(available_mib)
sample_memory &
SAMPLER=$!

begun=$(date +%s%N)
"$PROGRAM" cluster up $CLUSTER --provider uml
ready=$(date +%s%N)
# The smallest run that there is; the first cell begins when the backend is whole and its StorageClass usable.
"$PROGRAM" run smoke --cluster $CLUSTER --out "$WORK/runs"
usable=$(jq -n 'first(inputs | select(.e == "mark" and .name == "cell-begun")).t' "$WORK"/runs/*/history.jsonl)
least=$(sort -n "$WORK/available" | head -n 1)

awk -v up=$((ready - begun)) -v usable="$usable" -v memory=$((before - least)) 'BEGIN {
  printf "power-on to nodes Ready                      %6.1f s\n", up / 1e9
  printf "power-on to Ceph healthy, StorageClass usable %5.1f s   (goal 90 s)\n", (up + usable) / 1e9
  printf "memory of all of it, with a database          %5d MiB (goal 4096 MiB)\n", memory
}'
