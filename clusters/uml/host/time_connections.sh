#!/bin/bash
# Connects COUNT times at once, and prints begin and end of each connection that was made within 2 s, in seconds.
#
#     time_connections.sh ADDRESS PORT COUNT
set -u
export LC_ALL=C
for _ in $(seq "$3"); do
  # shellcheck disable=SC2016  # for the inner shell
  timeout 2 bash -c 'begin=$EPOCHREALTIME; exec 3<>"/dev/tcp/$0/$1" && echo "$begin $EPOCHREALTIME"' "$1" "$2" 2>/dev/null &
done
wait
