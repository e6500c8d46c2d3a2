#!/usr/bin/env bash
# Make sure a Docker daemon is reachable: use the one that runs, or start one for tests.
#
#   scripts/docker-daemon.sh start|stop|status|directory
#
# `start` prints DOCKER_HOST and does nothing where a daemon answers already. Otherwise, as root on Debian or Ubuntu, it
# installs Docker and starts a daemon on the default socket with a data directory of its own. `stop` ends only that one.
#
#   GATEWAY_DOCKER_DIRECTORY   its data, pid and log (default: ~/.cache/coder-ai-gateway/docker)
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"

directory=${GATEWAY_DOCKER_DIRECTORY:-${XDG_CACHE_HOME:-$HOME/.cache}/coder-ai-gateway/docker}
pid_file=$directory/daemon.pid
log=$directory/daemon.log
exec_root=/run/coder-ai-gateway-docker
default_host=unix:///var/run/docker.sock

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

host() { echo "${DOCKER_HOST:-$default_host}"; }

answers() { command -v docker >/dev/null && timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# The pid of the daemon this script started, if it still runs: a pid alone might have been given to another process.
own_pid() {
  local pid
  [[ -s $pid_file ]] || return 1
  pid=$(<"$pid_file")
  [[ -r /proc/$pid/cmdline ]] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "--data-root $directory/data" && echo "$pid"
}

install_docker() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "${missing[*]} is missing and there is no apt-get; install Docker, then try again"
  say "installing ${missing[*]} …"
  mkdir -p "$directory"
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -o DPkg::Lock::Timeout=300 -qq --no-install-recommends "${missing[@]}"
  } >"$directory/install.log" 2>&1 || {
    tail -n 5 "$directory/install.log" >&2
    fail "${missing[*]} could not be installed; the whole log is $directory/install.log"
  }
}

# Builds of many checkouts leave layers behind. Volumes stay: somebody's data may be in them.
make_room() {
  local enough_kb=$((20 * 1024 * 1024))
  free_kb() { df --output=avail -k "$directory/data" | tail -n 1; }
  own_pid >/dev/null || return 0
  (($(free_kb) < enough_kb)) || return 0
  say 'less than 20 GB are free; removing image layers that nothing uses …'
  docker image prune --force >/dev/null
  docker builder prune --force >/dev/null 2>&1 || true # the classic builder has none
  (($(free_kb) >= enough_kb)) || say "$(($(free_kb) / 1024 / 1024)) GB are free for $directory/data; builds of images need up to 20"
}

start() {
  if answers; then
    make_room
    host
    return
  fi
  [[ -z ${DOCKER_HOST:-} || $DOCKER_HOST == "$default_host" ]] ||
    fail "no Docker daemon answers at DOCKER_HOST=$DOCKER_HOST; start it, or unset DOCKER_HOST"
  [[ $(uname -s) == Linux ]] || fail 'no Docker daemon answers; start Docker, then try again'
  ((EUID == 0)) || fail 'no Docker daemon answers, and only root can start one; start Docker, then try again'

  mkdir -p "$directory/data"
  exec 9>"$directory/lock"
  flock 9 # several suites may ask at once
  install_docker
  # Installing may have started the system's own daemon.
  for _ in 1 2 3; do
    if answers; then
      host
      return
    fi
    sleep 1
  done
  if ! own_pid >/dev/null; then
    rm -f "$pid_file"
    say 'starting a Docker daemon for tests …'
    setsid --fork dockerd --data-root "$directory/data" --exec-root "$exec_root" --pidfile "$pid_file" \
      --host "$default_host" --log-level warn >"$log" 2>&1 </dev/null 9>&-
  fi
  for _ in $(seq 60); do
    if answers; then
      make_room
      host
      return
    fi
    sleep 0.5
  done
  tail -n 10 "$log" >&2
  fail "the Docker daemon did not answer within 30 seconds; the whole log is $log"
}

stop() {
  local pid
  if ! pid=$(own_pid); then
    say 'no Docker daemon of this script is running'
    return
  fi
  kill "$pid"
  for _ in $(seq 60); do
    [[ -d /proc/$pid ]] || return 0
    sleep 0.5
  done
  fail "the Docker daemon (process $pid) did not end within 30 seconds"
}

status() {
  local whose='not started by this script'
  answers || fail 'no Docker daemon answers'
  if own_pid >/dev/null; then whose='started by this script'; fi
  echo "$(host) answers, $whose"
}

case "${1:-}" in
  start | stop | status) "$1" ;;
  directory) echo "$directory" ;;
  *) fail 'usage: scripts/docker-daemon.sh start|stop|status|directory' ;;
esac
