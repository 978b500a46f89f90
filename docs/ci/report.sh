#!/bin/bash
# Makes one run of the cells that cell.sh played, and compares it with what was before:
#
#   docs/ci/report.sh OUT CELLS [BASELINE]      the run's folder to be made; the folder with those of the cells; what to
#                                               compare with: a run, or a folder of nights
#
# A folder of nights is kept here: tonight's run.json, which is small, is added unless a promise was broken or something
# was not proved, and the last 30 stay. The last five nights, tonight among them, are compared with those before: each
# has one trial of a fault, and of one trial no test can show that it is worse than any number of others. So a slower
# recovery is found by the fifth night that has it, once there are seven before; a single slow night is none, and a broken
# promise is found in the night that broke it. A slower night is kept like any other, so that it is seen whether it stays
# so, and after a mend, as after a change that is accepted, the comparison is quiet again by itself. Below it stands what
# became of each fault over all nights, of which `holdfast trends` needs 11 to 16.
#
# In the first night there is none yet, and nothing is compared; after a change of the rig or the suite the folder is to be
# removed, as nights of another one are not compared. Keep it also of a job that failed.
#
# Needs the program, which ./qualify leaves in build/release, and no cluster. The run's metrics.prom is for Prometheus.
# Exit status: 1 a promise was broken, or something is worse than before; 2 nothing was proved; 0 neither.
set -uo pipefail
[ $# -ge 2 ] || {
  echo "usage: $0 OUT CELLS [BASELINE]" >&2
  exit 3
}
ROOT=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
HOLDFAST=${HOLDFAST:-$ROOT/build/release/holdfast}
OUT=$1 CELLS=$2 BASELINE=${3:-}
KEPT=30
RECENT=5
mapfile -t RUNS < <(find "$CELLS" -name arguments.json -not -path '*/lanes/*' -printf '%h\n' | sort)
[ ${#RUNS[@]} -gt 0 ] || {
  echo "$CELLS: no cell was played" >&2
  exit 2
}

# Those kept, oldest first.
nights() { find "$BASELINE" -mindepth 2 -maxdepth 2 -name run.json -printf '%h\n' 2>/dev/null | sort; }

# While there are few, no more of them stand beside tonight than before it.
compare_with_nights() {
  local sets beside=$((${#NIGHTS[@]} / 2)) before status
  [ $beside -lt $RECENT ] || beside=$((RECENT - 1))
  before=$((${#NIGHTS[@]} - beside))
  sets=$(mktemp -d) && mkdir -p "$sets/before" "$sets/recent/tonight" || return 2
  cp -r "${NIGHTS[@]:0:before}" "$sets/before"
  [ $beside -eq 0 ] || cp -r "${NIGHTS[@]:before}" "$sets/recent"
  cp "$OUT/run.json" "$sets/recent/tonight"
  echo "base: $before nights before; run: tonight and the last $beside nights"
  "$HOLDFAST" compare "$sets/before" "$sets/recent" --require-all
  status=$?
  rm -r "$sets"
  return $status
}

"$HOLDFAST" report --merge "$OUT" "${RUNS[@]}"
PLAYED=$?
COMPARED=0
NIGHTS=()
[ -z "$BASELINE" ] || [ -e "$BASELINE/run.json" ] || mapfile -t NIGHTS < <(nights)
if [ -n "$BASELINE" ] && [ -e "$BASELINE/run.json" ]; then
  "$HOLDFAST" compare "$BASELINE" "$OUT" --require-all
  COMPARED=$?
elif [ ${#NIGHTS[@]} -gt 0 ]; then
  compare_with_nights
  COMPARED=$?
else
  echo "no baseline${BASELINE:+ in $BASELINE}: nothing compared"
fi

if [ -n "$BASELINE" ] && [ ! -e "$BASELINE/run.json" ] && [ $PLAYED -eq 0 ] && [ $COMPARED -le 1 ]; then
  NIGHT=$BASELINE/$(date -u +%Y-%m-%dT%H-%M-%S.%3N)
  mkdir -p "$NIGHT" && cp "$OUT/run.json" "$NIGHT"
  nights | head -n -$KEPT | xargs -r -d '\n' rm -r
  "$HOLDFAST" trends "$BASELINE"
fi
# A broken promise or a regression counts more than what was not proved.
[ $PLAYED -ne 0 ] && [ $COMPARED -ne 1 ] && exit $PLAYED
exit $COMPARED
