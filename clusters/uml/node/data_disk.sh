#!/bin/bash
# Puts the node's data disk in a state. Idempotent.
#
#     ok             every request goes to the disk
#     failed         every request ends in an I/O error, as on a disk that died
#     write-errors   every write does; what is there can be read
#     slow-MS        every request takes MS milliseconds longer
#     gone           nobody can open it, and whoever has it open gets I/O errors: a disk that was pulled out
set -eu
sectors=$(blockdev --getsz /dev/ubdb)
case $1 in
  ok) table="0 $sectors linear /dev/ubdb 0" ;;
  failed | gone) table="0 $sectors error" ;;
  write-errors)
    modprobe dm-flakey
    table="0 $sectors flakey /dev/ubdb 0 0 3600 1 error_writes"
    ;;
  slow-[1-9]*)
    modprobe dm-delay
    table="0 $sectors delay /dev/ubdb 0 ${1#slow-}"
    ;;
  *)
    echo "data_disk.sh: unknown state '$1'; known: ok, failed, write-errors, slow-MS, gone" >&2
    exit 3
    ;;
esac
if dmsetup info data >/dev/null 2>&1; then
  dmsetup suspend --noflush --nolockfs data
  dmsetup load data --table "$table"
  dmsetup resume data
elif [ "$1" != gone ]; then
  dmsetup create data --table "$table"
fi
if [ "$1" = gone ] && dmsetup info data >/dev/null 2>&1; then
  # Its name goes at once, the device itself with the last program that has it open: as with a disk on a bus.
  dmsetup rename data "data-gone-$$"
  dmsetup remove --deferred "data-gone-$$"
fi
echo "$1" >/host/disk-state
