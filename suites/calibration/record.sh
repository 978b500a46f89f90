#!/bin/bash
# Keeps a run of a planted defect, so that what the instrument says of it can be asked again at any time, without a
# cluster. For defects that live in the database or in the experiment: what is wrong with a cluster is only there.
#
#     suites/calibration/record.sh RUN PROMISE      RUN: the folder of its run; PROMISE: as cells.yaml calls it
#
# Logs and reports are left out, and where the run was made. The line of cells.yaml then says `recorded: yes`; whether the
# run is of that cell, and comes to what is expected of it, is asked by every ./check.
set -euo pipefail

run=${1:?usage: suites/calibration/record.sh RUN PROMISE} promise=${2:?usage: suites/calibration/record.sh RUN PROMISE}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
files=(arguments.json history.jsonl plan.txt rig.yaml run.json suite.yaml timeline.jsonl)
for file in "${files[@]}"; do
  [ -r "$run/$file" ] || {
    echo "record.sh: $run/$file cannot be read; allowed: the folder of a run" >&2
    exit 3
  }
done

home=${HOME:-/root}
[ "$home" != / ] || home=/root
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=$(basename "$run")
mkdir "$work/$name"
for file in "${files[@]}"; do
  sed -e "s#$root/##g" -e "s#$home/#~/#g" "$run/$file" >"$work/$name/$file"
done
kept="$root/suites/calibration/runs"
mkdir -p "$kept"
tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 "$name" |
  xz -9e >"$work/$promise.tar.xz"
mv "$work/$promise.tar.xz" "$kept"
