#!/bin/bash
# Lists what clusters leave on a machine, one sorted line each, so that two listings can be compared: network
# namespaces, links, mounts, files in /dev/shm, folders of clusters, and processes with one of the MARKs in their
# environment or command line (all others are not ours to judge).
#
#   suites/footprint.sh MARK...
set -euo pipefail
[ -n "${1:-}" ] || {
  echo "footprint.sh: a mark is missing; allowed: suites/footprint.sh MARK..." >&2
  exit 3
}
MARKS=("${@/#/--regexp=}")
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/holdfast"

list_processes() {
  local file folder bearers command
  # A process may end while it is looked at.
  bearers=$(grep -lszF "${MARKS[@]}" /proc/[0-9]*/environ /proc/[0-9]*/cmdline || true)
  for file in $bearers; do
    folder=${file%/*}
    # This listing itself and whatever ended meanwhile do not count.
    command=$(tr '\0' ' ' 2>/dev/null <"$folder/cmdline" | cut -c1-150) || continue
    [[ -z $command || $command == *footprint.sh* || $(awk '{print $4}' "$folder/stat") == $$ ]] ||
      echo "process ${folder#/proc/} $command"
  done
}

list_files() {
  local kind=$1
  shift
  find "$@" -mindepth 1 -maxdepth 1 2>/dev/null | sed "s|^|$kind |" || true
}

{
  list_processes
  ip netns list | sed 's/ .*//; s/^/netns /'
  ip -o link show | sed 's/^[0-9]*: \([^:@]*\).*/link \1/'
  # /run/netns itself becomes a mount with the first namespace that a machine has, and stays one.
  awk '$2 != "/run/netns" {print "mount " $2}' /proc/self/mounts
  list_files shm /dev/shm
  list_files console "$HOME/.uml"
  list_files cluster "$CACHE/clusters"
} | sort -u
