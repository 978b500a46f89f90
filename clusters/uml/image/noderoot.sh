#!/bin/bash
# Makes the root file system of a node, as a folder (the control plane runs chrooted in it) and as an ext4 image (each
# node boots it behind a copy-on-write file of its own), and prints the folder that holds both: root/ and root.ext4.
source "$(dirname "$0")/cache.sh"
source "$(dirname "$0")/apt.sh"

# build TARGET: reads $kernel and $kubernetes.
build() {
  local target=$1 root=$1/root packages
  packages=$(sed 's/#.*//' "$IMAGE_SCRIPTS/noderoot.packages" | xargs | tr ' ' ',')
  mmdebstrap --mode=root --variant=minbase --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/usr/lib/python3/dist-packages/ceph_volume/tests' \
    bookworm "$root" "$(debian_mirror)"

  rm -f "$root"/etc/runit/runsvdir/default/*
  mkdir -p "$root"/lib/modules "$root"/{host,cluster,kubernetes,image} "$root"/opt/cni
  cp -r "$kernel"/root/usr/lib/uml/modules/* "$root/lib/modules/"
  ln -s /usr/lib/cni "$root/opt/cni/bin"
  cp "$kubernetes/kubelet" "$root/usr/bin/"
  # All that a node does at boot is in the cluster's folder on the host, which hostfs mounts.
  printf '#!/bin/sh\nmount -t proc proc /proc\nmount -t hostfs host /host\nexec /host/boot/sysinit\n' \
    >"$root/etc/runit/1"
  printf '#!/bin/sh\nexec env -i PATH=%s runsvdir -P /etc/service\n' "$NODE_PATH" >"$root/etc/runit/2"
  chmod +x "$root/etc/runit/1" "$root/etc/runit/2"

  truncate -s 8G "$target/root.ext4"
  mke2fs -q -t ext4 -E nodiscard,lazy_itable_init=1 -O ^metadata_csum_seed -d "$root" "$target/root.ext4"
}

NODE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
kernel=$("$IMAGE_SCRIPTS/kernel.sh")
kubernetes=$("$IMAGE_SCRIPTS/kubernetes.sh")
key=$(content_key "$0" "$IMAGE_SCRIPTS/noderoot.packages" "$IMAGE_SCRIPTS"/{kernel,kubernetes}.sh)
cached noderoot "$key" build
