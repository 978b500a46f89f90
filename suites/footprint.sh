#!/bin/bash
# Lists what clusters leave on a machine, one sorted line each, so that two listings can be compared: network
# namespaces, links, mounts, files in /dev/shm, folders of clusters, and processes. A process is listed if one of the
# MARKs stands in its environment or command line or in the name of its network namespace, or if that has no name (any
# more); all others are not ours to judge.
#
#   suites/footprint.sh MARK...
set -euo pipefail
[ -n "${1:-}" ] || {
  echo "footprint.sh: a mark is missing; allowed: suites/footprint.sh MARK..." >&2
  exit 3
}
MARKS=("${@/#/--regexp=}")

# /proc/ID of each process with a mark in its environment or command line.
marked_processes() {
  # Any of them may end while it is looked at.
  { grep -lszF "${MARKS[@]}" /proc/[0-9]*/environ /proc/[0-9]*/cmdline || true; } | sed 's|/[^/]*$||'
}

# /proc/ID of each process in a network namespace that bears a mark, or no name and is not this one.
enclosed_processes() {
  local inode file
  declare -A spared=()
  spared[$(stat -L -c %i /proc/self/ns/net)]=yes
  for file in /run/netns/*; do
    [ -e "$file" ] && ! grep -qF "${MARKS[@]}" <<<"${file##*/}" && spared[$(stat -c %i "$file")]=yes
  done
  while read -r inode file; do
    [ -n "${spared[$inode]:-}" ] || echo "${file%/ns/net}"
  done < <(stat -L -c '%i %n' /proc/[0-9]*/ns/net 2>/dev/null || true)
}

list_processes() {
  local folder command
  for folder in $({ marked_processes; enclosed_processes; } | sort -u); do
    # This listing itself and whatever ended meanwhile do not count.
    command=$(tr '\0' ' ' 2>/dev/null <"$folder/cmdline" | cut -c1-150) || continue
    [[ -z $command || $command == *footprint.sh* || $(awk '{print $4}' "$folder/stat") == "$$" ]] ||
      echo "process ${folder#/proc/} $command"
  done
}

list_files() {
  find "$2" -mindepth 1 -maxdepth 1 2>/dev/null | sed "s|^|$1 |" || true
}

{
  list_processes
  ip netns list | sed 's/ .*//; s/^/netns /'
  ip -o link show | sed 's/^[0-9]*: \([^:@]*\).*/link \1/'
  # /run/netns itself becomes a mount with the first namespace that a machine has, and stays one.
  awk '$2 != "/run/netns" {print "mount " $2}' /proc/self/mounts
  list_files shm /dev/shm
  list_files cluster "${XDG_STATE_HOME:-$HOME/.local/state}/holdfast/clusters"
} | sort -u
