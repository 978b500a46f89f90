#!/bin/bash
# A compiler launcher with which one checkout need not compile again what another one did:
#
#     ccached.sh CHECKOUT COMPILER ARGUMENT...    called in the build tree
#
# Paths below the checkout become relative, so that they are the same in all. clang's precompiled headers hold absolute
# ones all the same: they are made anew in each checkout, and what is compiled with one is looked up under the sum of
# what went into it (ccache's pch_external_checksum). Without such a sum ccache takes the precompiled header itself,
# which is never that of another checkout.
set -uo pipefail

checkout=$1
shift
up=$(realpath --relative-to="$PWD" "$checkout") # from the build tree to the checkout
arguments=() made='' listing=''                 # what is compiled to, and the names of all that went into it
before=''                                       # the argument before this one
for argument in "$@"; do
  if [[ $argument != -D* ]]; then
    argument=${argument//"$PWD/"/}
    argument=${argument//"$checkout/"/"$up/"}
    [ "$argument" != "-I$checkout" ] || argument=-I$up
  fi
  [ "$before" = -MF ] && listing=$argument
  [ "$before" = -o ] && made=$argument
  before=$argument
  arguments+=("$argument")
done

if [[ " ${arguments[*]} " != *" -emit-pch "* ]]; then
  # The base folder makes relative also what the compiler lists by itself: the headers that a precompiled one holds.
  export CCACHE_BASEDIR=$checkout CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1 CCACHE_SLOPPINESS=pch_defines,time_macros
  exec ccache "${arguments[@]}"
fi

rm -f "$made.sum"
touch "$made.begun"
"${arguments[@]}" || exit
# The listing is a rule of make: "TARGET: FILE FILE \", and so on.
mapfile -t files < <(sed -e '1s/^[^:]*://' -e 's/\\$//' "$listing" | xargs -n 1)
[ ${#files[@]} -gt 0 ] || exit 0
# What changed meanwhile may be in the precompiled header as it was before.
for file in "${files[@]}"; do
  [ "$file" -nt "$made.begun" ] && exit 0
done
{ printf '%s\n' "${arguments[@]}" && cat "${files[@]}"; } | sha256sum >"$made.sum.new" &&
  mv "$made.sum.new" "$made.sum"
exit 0
