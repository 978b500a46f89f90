#!/bin/bash
# Puts `holdfast compare` on trial with runs of a real cluster: two of the same storage show no difference, a disk that is
# made slow (dm-delay under one of the three replicas) and a database that is slow to start are regressions. Some 40 minutes.
#
#     suites/comparison/trial.sh OUT [CLUSTER]      OUT: where the four runs and what was said of them are left
#
# Exit status 1 if a comparison does not say what it must. $HOLDFAST is the program, by default build/release/holdfast.
set -euo pipefail

out=${1:?usage: suites/comparison/trial.sh OUT [CLUSTER]} cluster=${2:-compare}
root=$(cd "$(dirname "$0")/../.." && pwd)
holdfast=${HOLDFAST:-$root/build/release/holdfast}
rig=$root/suites/rigs/embedded_ceph.yaml suite=$root/suites/comparison/trial.yaml
slow_disk=n2
mkdir -p "$out"

take_down() { "$holdfast" cluster down "$cluster" >"$out/down.log" 2>&1 || cat "$out/down.log" >&2; }
trap take_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# play NAME SEED RIG SCENARIO... : what is slow may also be a verdict: exit status 1.
play() {
  local name=$1 seed=$2 on=$3 status=0
  shift 3
  mkdir -p "$out/$name"
  echo "-- $name"
  "$holdfast" run "$suite" --rig "$on" "${@/#/--scenario=}" --trials 6 --cluster "$cluster" --seed "$seed" --keep \
    --out "$out/$name" >"$out/$name.log" 2>&1 || status=$?
  [ $status -le 1 ] || { tail -n 20 "$out/$name.log" && exit 2; }
}

disk() { "$holdfast" cluster shell --cluster "$cluster" "$slow_disk" "/host/boot/data_disk.sh $1"; }

# expect STATUS NAME PATTERN : what `compare` says of it beside the base.
expect() {
  local status=0
  "$holdfast" compare "$out/base" "$out/$2" >"$out/$2.compared" || status=$?
  cat "$out/$2.compared"
  if [ $status -eq "$1" ] && grep -qE "$3" "$out/$2.compared"; then
    echo "ok $2"
  else
    echo "FAILED $2: exit status $status instead of $1, or no line that matches '$3'" && failed=yes
  fi
}

failed=no
"$holdfast" cluster up "$cluster" >"$out/up.log" 2>&1 || { tail -n 20 "$out/up.log" && exit 2; }
play base 1 "$rig" db-kill latency
play again 2 "$rig" db-kill latency

disk slow-20
play slow-disk 3 "$rig" latency
disk ok

sed 's/^  name: ledger$/&\n  defect: recovers-slowly/' "$rig" >"$out/slow_start.yaml"
play slow-start 4 "$out/slow_start.yaml" db-kill

expect 0 again '^No regression'
expect 1 slow-disk '^  journal p(50|99)( vs local)? +latency .* REGRESSION'
expect 1 slow-start '^  RTO +db-kill .* REGRESSION'
[ $failed = no ]
