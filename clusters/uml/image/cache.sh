# Sourced by the image scripts. A slow artefact is built once per content: its folder in the cache is named after a
# hash of everything that decides it, is filled under a temporary name and renamed when whole, so that an interrupted
# build leaves nothing that looks finished. A lock makes a second run wait instead of building twice.
set -euo pipefail

HOLDFAST_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/holdfast"
IMAGE_SCRIPTS="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

die() {
  echo "holdfast: $*" >&2
  exit 2
}

# content_key FILE... : 16 hex digits over the names and contents of the files.
content_key() {
  local file
  for file in "$@"; do
    [ -r "$file" ] || die "cannot read $file"
    printf '%s %s\n' "$(basename "$file")" "$(sha256sum <"$file")"
  done | sha256sum | cut -c1-16
}

# cached NAME KEY BUILDER : prints the artefact's folder. BUILDER is called with the folder to fill.
cached() {
  local name=$1 key=$2 builder=$3
  local target="$HOLDFAST_CACHE/$name-$key"
  mkdir -p "$HOLDFAST_CACHE"
  if [ ! -d "$target" ]; then
    exec {lock}>"$HOLDFAST_CACHE/$name.lock"
    flock -n "$lock" || echo "holdfast: another run is building $name; waiting for it" >&2
    flock "$lock"
    if [ ! -d "$target" ]; then
      rm -rf "$HOLDFAST_CACHE/$name"-*.partial
      mkdir "$HOLDFAST_CACHE/$name-$key.partial"
      # In the background, because errexit must stay in force inside the builder and a condition would lift it.
      "$builder" "$HOLDFAST_CACHE/$name-$key.partial" >"$HOLDFAST_CACHE/$name.log" 2>&1 {lock}>&- &
      wait $! || die "making $name failed: $(tail -n 1 "$HOLDFAST_CACHE/$name.log") (log: $HOLDFAST_CACHE/$name.log)"
      mv "$HOLDFAST_CACHE/$name-$key.partial" "$target"
    fi
    exec {lock}>&-
  fi
  touch "$target"
  echo "$target"
}
