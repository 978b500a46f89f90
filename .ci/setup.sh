# Sourced by ./qualify and ./check: everything that a bare Debian 12 machine lacks, made once. Nothing here is
# repeated on a second run, and an interrupted run is resumed: packages are asked of dpkg, the build is ninja's, and the
# slow parts of the embedded cluster are cached by content (clusters/uml/image/cache.sh).

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/holdfast"
IMAGE="$ROOT/clusters/uml/image"
JOBS=$(nproc)
source "$ROOT/.ci/steps.sh"

# GiB that must be free. Kubernetes' source, its build and the node image take the first figure, a running cluster the
# second. Memory is of one cluster.
CACHE_GIB_COLD=14
CACHE_GIB_WARM=4
MEMORY_GIB=5

die() {
  echo "holdfast: $*" >&2
  exit 2
}

# Call first. Also keeps a second run in this checkout from building into the same folders.
begin_setup() {
  cd "$ROOT" || exit 2
  trap end_all_steps EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [ "$(id -u)" = 0 ] || die "must run as root: it installs packages, makes network namespaces and mounts file systems"
  [ -e /etc/debian_version ] && command -v apt-get >/dev/null || die "needs Debian 12: there is no apt-get here"
  mkdir -p "$CACHE" build || die "cannot write to $CACHE or $ROOT/build"
  open_logs "$CACHE/logs/$(sha256sum <<<"$ROOT" | cut -c1-8)"
  exec {CHECKOUT_LOCK}>build/.lock
  flock -n "$CHECKOUT_LOCK" || echo "another ./qualify or ./check sets up this checkout; waiting for it"
  flock "$CHECKOUT_LOCK" || exit 2
}

free_gib() { df --output=avail -k "$1" | awk 'END {print int($1 / 1048576)}'; }

# Before the long work: what would fail in the middle of it otherwise.
demand_room() {
  local needed=$CACHE_GIB_COLD free
  compgen -G "$CACHE/kubernetes-*[0-9a-f]" >/dev/null && needed=$CACHE_GIB_WARM
  free=$(free_gib "$CACHE")
  [ "$free" -ge $needed ] ||
    die "no room: $CACHE has $free GiB free, $needed are needed; free some or set XDG_CACHE_HOME to a larger disk"
}

# demand_memory CLUSTERS : the nodes' memory is in tmpfs, which the machine's memory limits.
demand_memory() {
  local needed=$(($1 * MEMORY_GIB)) free
  free=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  [ "$free" -ge $needed ] || die "no room: $free GiB of memory are available, $needed are needed"
}

missing_packages() {
  local wanted
  mapfile -t wanted < <(sed 's/#.*//' "$ROOT/.ci/packages" | tr -s ' \n' '\n' | grep .)
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^.i  *//p' | sort)
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  # What an interrupted installation left half-configured is configured first.
  DEBIAN_FRONTEND=noninteractive dpkg --configure -a
  apt -o APT::Update::Error-Mode=any update || return
  apt install --no-install-recommends "${missing[@]}" && [ -z "$(missing_packages)" ]
}

setup_packages() {
  [ -n "$(missing_packages)" ] || return 0
  step "Debian packages" 150 install_packages ||
    die "Debian packages are missing and apt cannot get them; see that its sources answer: apt-get update"
}

# configure PRESET : ninja configures again by itself when a CMakeLists.txt changes.
configure() {
  local tree=build/$1
  [ -e "$tree/build.ninja" ] && [ "$tree/build.ninja" -nt CMakePresets.json ] || cmake --preset "$1"
}

# build PRESET : what is built of each is in CMakePresets.json.
build() { configure "$1" && cmake --build --preset "$1" -j "$JOBS"; }

# The embedded cluster's parts; each script prints a folder and returns at once when it is there. The longest runs
# beside the build.
# Go's compiler takes a quarter less of a processor if it collects its garbage less often, and more memory that is there.
begin_images() { begin_step "Kubernetes programs" 480 env GOGC=400 "$IMAGE/kubernetes.sh"; }

finish_images() {
  local status=0
  step "node kernel" 15 "$IMAGE/kernel.sh" || status=1
  await_step "Kubernetes programs" || status=1
  [ $status = 0 ] && step "node image" 70 "$IMAGE/noderoot.sh"
}
