#!/bin/bash
# The latest outcome of every scenario among the runs below some folders, as the table of docs/library.md. Of runs on
# storage that keeps its promises: the known-bad ones play the same scenarios, and are to fail.
#
#     suites/library_table.sh build/release/cells/library build/release/cells/cluster >docs/library.md
set -euo pipefail
[ $# -ge 1 ] || {
  echo "holdfast: name folders with runs; allowed: suites/library_table.sh FOLDER..." >&2
  exit 3
}

# One line a cell of a run: suite, scenario, started, then what the table shows.
rows() {
  find "$@" -name run.json -print0 | sort -z | xargs -0 jq -r '
    def figure(key): [.verdicts[].figures[key] | select(. != null)] | first;
    def seconds: if . == null then "–" else "\(. * 10 | round / 10) s" end;
    def keeps_promises:
      .backend == "ceph-rbd" and ([.fingerprint[] | .[1]] |
      any(test("^Ceph .* 3 replicas,.* fencing exclusive-lock")) and (any(test("\\(calibration\\)")) | not));
    select(keeps_promises) | . as $run | .results[] |
    (figure("rto_s")) as $rto | (figure("phases") // []) as $phases |
    ($phases | max_by(.took_ns)) as $slowest |
    [ $run.suite, .cell.scenario, $run.started, .judgement, (figure("acknowledged") // "–"), (figure("lost") // "–"),
      (if figure("rto_censored") then "≥ " else "" end + ($rto | seconds)),
      (if $slowest then "\($slowest.phase) \($slowest.took_ns / 1e9 | seconds)" else "–" end),
      (figure("redundancy_s") | seconds),
      (if .judgement == "pass" then .recovered_by else .summary end), $run.started[:10] ] | map(tostring | gsub("[\t\n|]"; " ")) | @tsv'
}

cat <<'EOF'
# Every fault on the embedded cluster

Ceph with three replicas under the ledger database, profile `tuned`; the latest outcome of each scenario, as
`suites/library_table.sh` prints it of the folders of their runs. RTO is what the clients saw; redundancy is the time from
the end of the fault, its heal or its own, until every copy was there again. Times are of two cores, on which one or two such clusters
ran at a time. What is not a pass is explained in [findings.md](findings.md).

| Suite | Scenario | Verdict | Acknowledged | Lost | RTO | Slowest phase | Redundancy | Recovered by, or why not | Run of |
|---|---|---|--:|--:|--:|---|--:|---|---|
EOF
rows "$@" | sort -t $'\t' -k1,1 -k2,2 -k3,3r | sort -t $'\t' -u -k1,2 |
  awk -F '\t' '{ printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $4, $5, $6, $7, $8, $9, $10, $11 }'
