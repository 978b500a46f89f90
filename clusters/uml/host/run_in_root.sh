#!/bin/bash
# Runs a program of the control plane in the node's root file system, so that nothing of it has to be installed on this
# machine. Called inside a mount namespace of its own; the mounts end with it.
#
#     run_in_root.sh ROOT KUBERNETES CLUSTER COMMAND...
set -eu
root=$1 kubernetes=$2 cluster=$3
shift 3
mount --bind "$kubernetes" "$root/kubernetes"
mount --bind "$cluster" "$root/cluster"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
exec chroot "$root" "$@"
