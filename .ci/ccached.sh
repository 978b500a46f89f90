#!/bin/bash
# A compiler launcher with which one checkout need not compile again what another one did:
#
#     ccached.sh CHECKOUT COMPILER ARGUMENT...    called in the build tree
#
# Paths below the checkout become relative, so that they are the same in all. clang's precompiled headers hold absolute
# ones all the same: they are made anew in each checkout, and what is compiled with one is looked up under the sum of
# what went into it (ccache's pch_external_checksum).
set -uo pipefail

checkout=$1
shift
up=$(realpath --relative-to="$PWD" "$checkout")
arguments=() listing='' made='' before=''
for argument in "$@"; do
  if [[ $argument != -D* ]]; then
    argument=${argument//"$PWD/"/}
    argument=${argument//"$checkout/"/"$up/"}
    [[ $argument != *"$checkout" ]] || argument=${argument%"$checkout"}$up
  fi
  [ "$before" = -MF ] && listing=$argument
  [ "$before" = -o ] && made=$argument
  before=$argument
  arguments+=("$argument")
done

if [[ " ${arguments[*]} " != *" -emit-pch "* ]]; then
  export CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1 CCACHE_SLOPPINESS=pch_defines,time_macros
  exec ccache "${arguments[@]}"
fi

rm -f "$made.sum"
"${arguments[@]}" || exit
# The listing is a rule of make: "TARGET: FILE FILE \", and so on.
{
  printf '%s\n' "${arguments[@]}"
  sed -e '1s/^[^:]*://' -e 's/\\$//' "$listing" | xargs cat
} | sha256sum >"$made.sum"
