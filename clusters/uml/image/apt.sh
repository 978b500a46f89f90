# Sourced by the image scripts. Debian packages of any suite from the mirror this machine already uses, with package
# lists of their own: the machine's apt configuration is read and never changed.

debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  [ -n "$mirror" ] || die "apt names no Debian mirror; check /etc/apt/sources.list and run: apt-get update"
  echo "$mirror"
}

# private_apt FOLDER SUITE : writes FOLDER/apt.conf for SUITE and fetches its lists. Then: APT_CONFIG=FOLDER/apt.conf apt-get ...
private_apt() {
  local folder=$1 suite=$2
  mkdir -p "$folder"/lists/partial "$folder"/archives/partial
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  printf '%s [signed-by=%s] %s %s main\n' deb "$keyring" "$(debian_mirror)" "$suite" >"$folder/sources.list"
  printf '%s [signed-by=%s] %s %s main\n' deb-src "$keyring" "$(debian_mirror)" "$suite" >>"$folder/sources.list"
  cat >"$folder/apt.conf" <<EOF
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder";
APT::Sandbox::User "root";
Acquire::Retries "3";
EOF
  if ! APT_CONFIG="$folder/apt.conf" apt-get update; then
    echo "holdfast: the release file of $suite may have expired on this mirror; trying again without that check"
    echo 'Acquire::Check-Valid-Until "false";' >>"$folder/apt.conf"
    APT_CONFIG="$folder/apt.conf" apt-get update
  fi
}
