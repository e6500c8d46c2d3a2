#!/bin/sh
# Usage: guard.sh SIGNAL GRACE COMMAND [ARGUMENT...]
#
# Becomes COMMAND, and leaves a watcher behind that reads file descriptor 3, the lifeline. When the process that holds
# its other end closes it, or ends in any way, the watcher ends COMMAND: SIGNAL first, after GRACE seconds SIGKILL.
# Whatever is left of the process group (COMMAND must lead it) is killed in every case.
set -eu
signal=$1 grace=$2
shift 2

# Whether COMMAND runs: once it has ended, it still takes signals until its parent, or the process that inherits it, reaps it.
runs() {
  kill -s 0 "$$" || return 1
  if [ -r "/proc/$$/stat" ]; then
    read -r stat <"/proc/$$/stat" || return 1
    state=${stat##*) } # after the name, which may hold anything
  else
    state=$(ps -o stat= -p "$$") || return 1
  fi
  case $state in
    Z* | X*) return 1 ;;
  esac
}

# The inner subshell outlives the outer one, so COMMAND does not get a child it knows nothing about.
(
  (
    trap '' HUP INT TERM
    PATH="${PATH-}:/usr/bin:/bin"
    read -r _ <&3 || true
    kill -s "$signal" "$$" || true
    waited=0
    while runs && [ "$waited" -lt "$((grace * 10))" ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
    kill -s KILL -- "-$$"
  ) </dev/null >/dev/null 2>&1 &
)

exec "$@" 3<&-
