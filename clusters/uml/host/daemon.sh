#!/bin/bash
# A long-running program of the cluster.
#
#     daemon.sh start BASE COMMAND...   starts it unless it runs; output is appended to BASE.log
#     daemon.sh stop BASE               SIGKILL, and waits until nothing of it is left
#     daemon.sh alive BASE              exit status 0 if it runs
#     daemon.sh freeze|thaw BASE        SIGSTOP and SIGCONT to all of it
#
# Whether it runs is told by a lock on BASE.alive that the program and all its children inherit: it cannot be mistaken,
# as a number in a pid file can, for a later process of the same number, and it is free only when the last one is gone.
set -eu

verb=$1 base=$2
shift 2

# Shared, so that two who look at the same time do not see each other.
is_alive() { ! flock --shared --nonblock "$base.alive" true; }

# Every process that holds the lock open, and all others of a PID namespace that one of them is in: a node has dozens, and
# each namespace is looked through once, so that the power of a node is cut when it is said to be. Children mostly stand
# before their parents, as some parents (unshare) stop themselves if they wake and find their child stopped.
members() {
  local inode own
  inode=$(stat -L -c %d:%i "$base.alive")
  own=$(readlink /proc/self/ns/pid)
  stat -L -c '%d:%i %n' /proc/[0-9]*/fd/9 2>/dev/null |
    while read -r lock descriptor; do
      [ "$lock" = "$inode" ] || continue
      pid=${descriptor#/proc/}
      pid=${pid%%/*}
      space=$(readlink "/proc/$pid/ns/pid" || true)
      [ "$space" = "$own" ] && echo "$pid" || echo "$space"
    done | sort -u |
    while read -r member; do
      case $member in
        # "pid:[4026532338]" is a pattern to find, and its brackets would be a set of digits.
        pid:*) find /proc/[0-9]*/ns/pid -maxdepth 0 -lname "${member//[\[\]]/?}" 2>/dev/null | cut -d/ -f3 ;;
        *) echo "$member" ;;
      esac
    done | sort -unr
}

signal_members() {
  local pids
  pids=$(members)
  # shellcheck disable=SC2086  # one word a process
  [ -z "$pids" ] || kill "-$1" $pids 2>/dev/null || true
}

[ -e "$base.alive" ] || : >"$base.alive"
case $verb in
  start)
    exec 9>>"$base.alive"
    # Whoever only looks holds the lock for a moment.
    flock --timeout 2 9 || exit 0
    setsid "$@" </dev/null >>"$base.log" 2>&1 &
    ;;
  stop)
    # Until the lock is free: a process may fork while it is being looked for.
    for _ in $(seq 100); do
      is_alive || exit 0
      signal_members KILL
      sleep 0.1
    done
    echo "$base: still running after SIGKILL" >&2
    exit 1
    ;;
  alive) is_alive ;;
  freeze) signal_members STOP ;;
  thaw) signal_members CONT ;;
  *)
    echo "daemon.sh: unknown verb '$verb'" >&2
    exit 3
    ;;
esac
