#!/bin/bash
# Runs clang-tidy on every translation unit of a build tree; a unit that was clean and has not changed since is not
# looked at again. "Changed" is decided by content: the unit, every file of the repository that it includes (as ninja
# learned from the compiler), its compile command, the configuration and the versions of compiler libraries and tool.
#
#   .ci/tidy.sh build/dev
set -euo pipefail
cd "$(dirname "$0")/.."
ROOT=$PWD
TREE=$1
CLEAN="${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/tidy"
mkdir -p "$CLEAN"
find "$CLEAN" -type f -mtime +30 -delete

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# What every unit depends on.
{
  cat .clang-tidy
  clang-tidy --version
  # shellcheck disable=SC2016  # dpkg-query's own variables
  sed 's/#.*//' .ci/packages | xargs dpkg-query -W -f '${Package} ${Version}\n' | grep -E '^(lib|nlohmann|g\+\+)'
} | sha256sum | cut -d' ' -f1 >"$WORK/common"

# FILE HASH, for each file of the repository that a unit may include.
find harness clusters fixtures reports suites \( -name '*.cc' -o -name '*.h' \) -exec sha256sum {} + |
  awk '{print $2, $1}' >"$WORK/hashes"

# The compile commands without precompiled headers: each file is looked at with what it includes itself.
PCH=' (-fpch-preprocess|-Winvalid-pch|-Xclang -fno-pch-timestamp|-Xclang -include-pch -Xclang [^ ]+|-Xclang -include -Xclang [^ ]+/cmake_pch.hxx|-include [^ ]+/cmake_pch.hxx)'
jq --arg pch "$PCH" 'map(select(.file | endswith("cmake_pch.hxx.cxx") | not) | .command |= gsub($pch; ""))' \
  "$TREE/compile_commands.json" >"$WORK/compile_commands.json"

# OBJECT SOURCE COMMAND, tab-separated.
jq -r '.[] | [.output // (.command | capture(" -o (?<o>[^ ]+)").o), .file, .command] | @tsv' \
  "$WORK/compile_commands.json" >"$WORK/units"

# SOURCE and all that decides about it, one line a unit. Of a unit that ninja has not built nothing is known: no line.
ninja -C "$TREE" -t deps | awk -F '\t' -v root="$ROOT/" -v common="$(cat "$WORK/common")" '
  FILENAME != "-" && FNR == NR { split($0, pair, " "); hash[pair[1]] = pair[2]; next }
  FILENAME != "-" { source[$1] = $2; command[$1] = $3; next }
  /^[^ ]/ { flush(); object = $0; sub(/: #deps.*/, "", object); text = ""; next }
  /^ / {
    file = $0; sub(/^ +/, "", file)
    sub("^" root, "", file)
    sub(/^(\.\.\/)+/, "", file)  # as ccache names it: from the build tree
    if (file in hash) text = text " " hash[file]
  }
  function flush() { if (object in source) print source[object] "\t" common command[object] text; object = "" }
  END { flush() }
' "$WORK/hashes" "$WORK/units" - >"$WORK/keys"

declare -A key
while IFS=$'\t' read -r source text; do
  key[$source]=$(sha256sum <<<"${text//"$ROOT"/.}" | cut -c1-32)  # the same in every checkout
done <"$WORK/keys"

cut -f2 "$WORK/units" | sort -u >"$WORK/sources"
while read -r source; do
  stamp="$CLEAN/${key[$source]:-unknown}"
  [ -e "$stamp" ] || printf '%s\t%s\n' "$source" "$stamp"
done <"$WORK/sources" >"$WORK/todo"
echo "$(wc -l <"$WORK/sources") translation units, $(wc -l <"$WORK/todo") of them changed since they were last clean"

look_at() {
  local source=${1%%$'\t'*} stamp=${1##*$'\t'}
  # Counts of suppressed warnings go to standard error; findings to standard output.
  clang-tidy -p "$WORK" --quiet "$source" 2>"$WORK/$(basename "$source").errors" || {
    grep -E 'error:' "$WORK/$(basename "$source").errors" || true
    echo "clang-tidy: ${source#"$ROOT/"} has findings"
    return 1
  }
  [ "${stamp##*/}" = unknown ] || touch "$stamp"
}
export -f look_at
export WORK ROOT
xargs -a "$WORK/todo" -d '\n' -P "$(nproc)" -I {} bash -c 'look_at "$1"' look_at {}
