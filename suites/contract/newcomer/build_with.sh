#!/bin/bash
# Builds the program from a tree that has one more file for each NEW, and nothing edited, and prints its path. The tree
# is one of links, so that this needs seconds: what CMake says about the new files is done, all other objects are those
# of the build that exists.
#
#   build_with.sh SOURCE BUILD SCRATCH NEW=PLACE... [-- CMAKE_OPTION...]      e.g. my_fault.cc=harness/faults/my_fault.cc
set -euo pipefail
source=$1 built=$2 scratch=$3
shift 3
rm -rf "$scratch"
mkdir -p "$scratch/tree" "$scratch/build/CMakeFiles"
for part in CMakeLists.txt harness clusters fixtures reports suites; do
  [ ! -e "$source/$part" ] || cp -rs "$source/$part" "$scratch/tree/"
done
places=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  place=${1#*=}
  mkdir -p "$scratch/tree/$(dirname "$place")"
  cp "${1%%=*}" "$scratch/tree/$place"
  places+=("$place")
  shift
done
[ $# = 0 ] || shift

cmake -S "$scratch/tree" -B "$scratch/build" -G Ninja -DHOLDFAST_CLUSTER_TESTS=OFF "$@" >&2
for objects in holdfast_objects.dir holdfast.dir; do
  cp -rs "$built/CMakeFiles/$objects" "$scratch/build/CMakeFiles/"
done

cd "$scratch/build"
ninja -t commands holdfast >commands
for place in "${places[@]}"; do
  grep -F -- "-c $scratch/tree/$place" commands >command || {
    echo "the build does not know $place: it is not globbed" >&2
    exit 1
  }
  sh -e command >&2
done
tail -n 1 commands >command
sh -e command >&2
echo "$scratch/build/holdfast"
