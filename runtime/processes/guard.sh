#!/bin/sh
# Usage: guard.sh SIGNAL GRACE COMMAND [ARGUMENT...]
#
# Becomes COMMAND, and leaves a watcher behind that reads file descriptor 3, the lifeline. When whoever holds its
# other end closes it, or dies in any way, the watcher ends COMMAND: SIGNAL first, after GRACE seconds SIGKILL. What
# is left of the process group (COMMAND must lead it) goes in every case.
set -eu
signal=$1 grace=$2
shift 2

# The inner subshell outlives the outer one, so COMMAND does not get a child it knows nothing about.
(
  (
    trap '' HUP INT TERM
    PATH="${PATH-}:/usr/bin:/bin"
    read -r _ <&3 || true
    kill -s "$signal" "$$" || true
    waited=0
    while kill -s 0 "$$" && [ "$waited" -lt "$((grace * 10))" ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
    kill -s KILL -- "-$$"
  ) </dev/null >/dev/null 2>&1 &
)

exec "$@" 3<&-
