#!/usr/bin/env bash
# Install the programs that tests run beside Node: HAProxy (the workspaces' door), socat (their listener), tmux (the terminal of
# agents), Redis (for Valkey), ShellCheck, and the shells that completion is offered for. Does nothing where they are.
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" none "$@"

missing=()
[[ -x /usr/sbin/haproxy || -x /usr/local/sbin/haproxy ]] || missing+=(haproxy)
command -v valkey-server >/dev/null || command -v redis-server >/dev/null || missing+=(redis-server)
for program in shellcheck zsh fish socat tmux; do
  command -v "$program" >/dev/null || missing+=("$program")
done
((${#missing[@]})) || exit 0

if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
  echo "not installed: ${missing[*]}; the tests that need them are skipped and say so" >&2
  exit 0
fi
echo "installing ${missing[*]} …" >&2
log=$(mktemp)
{
  apt-get update -qq
  # As a tool, not as a service: nothing is started.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -o DPkg::Lock::Timeout=300 -qq --no-install-recommends "${missing[@]}"
} >"$log" 2>&1 || {
  tail -n 5 "$log" >&2
  exit 1
}
