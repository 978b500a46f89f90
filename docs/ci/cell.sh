#!/bin/bash
# Plays one cell of the HA matrix, for a CI job that does nothing else:
#
#   docs/ci/cell.sh NUMBER SEED OUT [OPTION...]      the cell's number in the plan, from 1; options of `holdfast run`
#
# A verdict is no failure of this job, whatever it is: it is in OUT, and report.sh tells it. Exit status: 0 if the cell
# was played, else that of ./qualify.
set -uo pipefail
[ $# -ge 3 ] || {
  echo "usage: $0 NUMBER SEED OUT [OPTION...]" >&2
  exit 3
}
ROOT=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
NUMBER=$1 SEED=$2 OUT=$3
shift 3
"$ROOT/qualify" --cell "$NUMBER" --seed "$SEED" --out "$OUT" "$@"
STATUS=$?
# 1 and 2 are verdicts if there is something that was judged.
compgen -G "$OUT/*/junit.xml" >/dev/null && [ $STATUS -le 2 ] && exit 0
exit $STATUS
