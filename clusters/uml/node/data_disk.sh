#!/bin/bash
# Puts the node's data disk in a state: ok (every request goes to the disk) or failed (every request ends in an I/O
# error, as on a disk that died). Idempotent.
set -eu
sectors=$(blockdev --getsz /dev/ubdb)
case $1 in
  ok) table="0 $sectors linear /dev/ubdb 0" ;;
  failed) table="0 $sectors error" ;;
  *)
    echo "data_disk.sh: unknown state '$1'; known: ok, failed" >&2
    exit 3
    ;;
esac
if dmsetup info data >/dev/null 2>&1; then
  dmsetup suspend --noflush --nolockfs data
  dmsetup load data --table "$table"
  dmsetup resume data
else
  dmsetup create data --table "$table"
fi
echo "$1" >/host/disk-state
