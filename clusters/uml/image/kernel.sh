#!/bin/bash
# Unpacks Debian's user-mode Linux kernel with the C library it needs into a small root folder of its own, and prints
# that folder. The kernel is a fixed-address program that needs a newer C library than bookworm's, so it runs under
# chroot. The kernels of bookworm and trixie panic at the first user process on CPUs with a large XSAVE state; the one
# of forky does not.
source "$(dirname "$0")/cache.sh"
source "$(dirname "$0")/apt.sh"

build() {
  local target=$1 package
  private_apt "$target/apt" forky
  mkdir -p "$target"/root/usr/{bin,sbin,lib,lib64}
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$target/root/$link"; done
  cd "$target/apt"
  # Downloaded with what it links to; nothing is installed or configured. libeatmydata: see host/boot_kernel.sh.
  APT_CONFIG="$target/apt/apt.conf" apt-get download user-mode-linux libc6 libeatmydata1
  for package in ./*.deb; do dpkg-deb -x "$package" "$target/root"; done
  mkdir -p "$target/root"/{run,tmp,proc,dev}
  unshare --mount sh -c 'mount --bind /proc "$0/proc" && exec chroot "$0" /usr/bin/linux.uml --version' "$target/root"
  rm -rf "$target/apt"
}

cached kernel "$(content_key "$0" "$IMAGE_SCRIPTS/apt.sh")" build
