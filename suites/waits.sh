#!/bin/bash
# How much longer a run took than it had to: its wall time over the sum of the waits that no harness can avoid. The goal
# for ha-matrix on one cluster is 1.5 at most.
#
#     suites/waits.sh RUN [MOST]      RUN: a run's folder. Exit status 1 if the ratio is above MOST.
#
# The waits, from run.json, plan.txt and the marks of history.jsonl:
#
#     made     until the first cell begins: cluster and storage are made (once)
#     before   stable_for of traffic before the fault, and the delay that the plan drew for it
#     away     from the fault until the database is back, or given up, and the fault was seen to bite
#     after    stable_for of the recovery
#     heal     from there until the fault is healed: machines boot, disks are replaced
#     whole    until the storage has all its replicas again
#
# What is left is the harness's own: deployments, reads, removals, tearing down. Of a run on several clusters the wall
# time counts once for each of them.
set -euo pipefail

run=${1:?usage: suites/waits.sh RUN [MOST]} most=${2:-}
if ! [ -r "$run/run.json" ] || ! [ -r "$run/history.jsonl" ]; then
  echo "waits.sh: $run is not the folder of a run" >&2
  exit 3
fi

# {"NAME": seconds}, of each cell that the plan names.
delays=$(sed -nE 's/^ *[0-9]+ +([^ ]+) +await .*, then ([0-9]+) ms more$/\1 \2/p' "$run/plan.txt" |
  jq -Rn '[inputs / " " | {key: .[0], value: (.[1] | tonumber / 1000)}] | from_entries')

{ grep -F '"e":"mark"' "$run/history.jsonl" || true; } |
  jq -rn --argjson delays "$delays" --slurpfile runs "$run/run.json" --arg most "$most" '
  def tenths: . * 10 | round / 10;
  def column: tenths | tostring | if test("\\.") then . else . + ".0" end | (" " * ([8 - length, 0] | max)) + .;
  def row($name): ($name + " " * ([28 - ($name | length), 1] | max))
      + (.before | column) + (.away | column) + (.after | column) + (.heal | column) + (.whole | column);
  $runs[0] as $run | ($run.bounds.stable_for_ns / 1e9) as $stable
  | [inputs | {cell, t: (.t / 1e9), name}] as $marks
  | ([$marks[] | select(.name == "cell-begun") | .t] | min // 0) as $made
  | [$run.results[]
     | .cell as $cell
     | ($cell.scenario + (if $cell.trial > 1 then "/\($cell.trial)" else "" end)) as $name
     | ([.verdicts[].figures.rto_s // empty] | first // 0) as $rto
     | [$marks[] | select(.cell == $cell.number)] as $own
     | def at($mark): [$own[] | select(.name == $mark) | .t] | first;
       at("injecting") as $fault
     | select($fault != null)
     | (at("recovered") // at("not-recovered")) as $seen
     | at("healed") as $healed
     | (at("whole") // at("not-whole")) as $whole
     | (if at("not-recovered") then at("not-recovered") - $fault else $rto end) as $away
     | (if at("bitten") then at("bitten") - $fault else 0 end) as $bite
     | {$name,
        before: ($stable + ($delays[$name] // 0)),
        away: ([$away, $bite] | max),
        after: (if at("recovered") then $stable else 0 end),
        heal: (if $healed and $seen and $healed > $seen then $healed - $seen else 0 end),
        whole: (if $whole and $healed and $whole > $healed then $whole - $healed else 0 end)}] as $cells
  | ($made + ([$cells[] | .before + .away + .after + .heal + .whole] | add // 0)) as $sum
  | ($run.took_ns / 1e9 * ($run.at_a_time // 1)) as $wall
  | (if $sum > 0 then $wall / $sum else null end) as $ratio
  | ("seconds                       before    away   after    heal   whole",
     ($cells[] | . as $one | $one | row($one.name)),
     "",
     "made \($made | tenths) s, waits \($sum | tenths) s in all, wall time \($wall | tenths) s: ratio \(
       if $ratio then ($ratio * 100 | round / 100) else "unknown" end)",
     (if $most != "" and ($ratio == null or $ratio > ($most | tonumber))
      then "above \($most)\n" | halt_error(1) else empty end))'
