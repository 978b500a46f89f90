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
for part in .ci CMakeLists.txt harness clusters fixtures reports suites; do
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

# By the compiler that made the objects, and with its options.
of_cache() { sed -n "s/^$1:[A-Z]*=//p" "$built/CMakeCache.txt"; }
cmake -S "$scratch/tree" -B "$scratch/build" -G Ninja -DCMAKE_CXX_COMPILER="$(of_cache CMAKE_CXX_COMPILER)" \
  -DCMAKE_CXX_FLAGS_RELEASE="$(of_cache CMAKE_CXX_FLAGS_RELEASE)" \
  -DCMAKE_CXX_FLAGS_DEBUG="$(of_cache CMAKE_CXX_FLAGS_DEBUG)" -DHOLDFAST_CLUSTER_TESTS=OFF "$@" >&2
for objects in holdfast_objects.dir holdfast.dir; do
  cp -rsf "$built/CMakeFiles/$objects" "$scratch/build/CMakeFiles/"  # also over what CMake wrote to be precompiled
done

cd "$scratch/build"
ninja -t commands holdfast >commands
for place in "${places[@]}"; do
  grep -F -- "-c $scratch/tree/$place" commands >one.sh || {
    echo "the build does not know $place: it is not globbed" >&2
    exit 1
  }
  sh -e one.sh >&2
done
tail -n 1 commands >one.sh
sh -e one.sh >&2
echo "$scratch/build/holdfast"
