#!/bin/bash
# Boots a node's kernel. Called as the first process of a PID and mount namespace of its own, so that killing it takes
# every process of the kernel along at once, and its memory, a file in a private /dev/shm, is gone with it. The kernel is
# a child of that process: it ends itself with SIGABRT when it panics, which the first process of a namespace ignores.
#
#     boot_kernel.sh KERNEL_ROOT IMAGE NODE_FOLDER MEMORY ARGUMENTS...
set -eu
root=$1 image=$2 node=$3 memory=$4
shift 4

# All of a node on one CPU, as machines have theirs: its kernel and the processes in it take turns and never run at
# once. On two CPUs each turn would wake up the other one, which in a virtual machine is the hypervisor's work: 60
# processes one after the other took a node 3.5 s, and take it 0.8 s so. Nodes go round the CPUs.
mapfile -t cpus < <(taskset -cp $$ | sed 's/.*: //' | tr , '\n' | while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done)
turn=$(($(cksum <<<"${node%/*}" | cut -d ' ' -f 1) + ${node##*[!0-9]}))
taskset -cp "${cpus[turn % ${#cpus[@]}]}" $$ >/dev/null

mkdir -p "$node/mnt"
mount --bind "$root" "$node/mnt"
cd "$node/mnt"
mount -t tmpfs tmpfs tmp
mkdir tmp/image tmp/node tmp/home
mount --bind "$image" tmp/image
mount --bind "$node" tmp/node
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o size="$memory" shm dev/shm
# hostfs shows the node its own folder only. What a kernel flushes to its disk is in the disk's file and survives the
# kernel; this machine itself loses no power, so its own disk need not be waited for (libeatmydata drops the fsync).
# shellcheck disable=SC2012
preload=$(ls usr/lib/*/libeatmydata.so | head -n 1)
env -i LD_PRELOAD="/$preload" HOME=/tmp/home TMPDIR=/dev/shm PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /usr/bin/linux.uml "mem=$memory" seccomp=on uml_dir=/tmp/home/ \
  root=/dev/ubda rw init=/sbin/runit con=null con0=null,fd:1 hostfs=/tmp/node/host \
  ubda=/tmp/node/root.cow,/tmp/image/root.ext4 ubdb=/tmp/node/disk.img "$@"
