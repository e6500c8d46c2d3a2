#!/usr/bin/env bash
# Build the Coder server that tests run, from its Go module, for machines that cannot pull its image. Does nothing where it
# is built already.
#
#   scripts/coder-server.sh [--force]
#
# Prints the program's path. It is Coder without its web pages: server, provisioner, agent and command line in one program.
# The version is that of workloads/images.json. Needs Go; the first build takes minutes.
#
#   CODER_SERVER_DIR   where the program goes (default: ~/.cache/coder-ai-gateway/coder-<version>)
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
module=github.com/coder/coder/v2

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

force=
case "${1:-}" in
  --force) force=1 ;;
  '') ;;
  *) fail 'usage: scripts/coder-server.sh [--force]' ;;
esac

version=$(sed -nE 's/^ *"coder": ".*:v([0-9.]+)",?$/\1/p' "$root/workloads/images.json")
[[ -n $version ]] || fail 'workloads/images.json names no Coder image with a tag like :v2.36.1'
directory=${CODER_SERVER_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/coder-ai-gateway/coder-$version}
program=$directory/coder
log=$directory/build.log

mkdir -p "$directory"
exec 9>"$directory/lock"
flock 9 # several suites may ask at once
if [[ -z $force && -x $program ]]; then
  echo "$program"
  exit 0
fi
command -v go >/dev/null ||
  fail "building Coder $version here needs Go, which is not installed; install Go 1.21 or later (it fetches the release that Coder asks for)"

started=$SECONDS
say "building Coder $version from its Go module (minutes the first time) …"
broken() {
  tail -n 5 "$log" >&2
  fail "Coder $version could not be built; the whole log is $log"
}
# Downloaded as a module, built as the main one: only there do its `replace` lines count.
source=$(cd / && GOFLAGS='' GO111MODULE=on go mod download -json "$module@v$version" 2>"$log" | sed -nE 's/^\t"Dir": "(.*)",?$/\1/p') ||
  broken
[[ -n $source ]] || broken
# The server is the agent, too: one program is half the work of two.
(cd "$source" && GOFLAGS='' CGO_ENABLED=0 nice -n 10 go build -mod=readonly -trimpath -buildvcs=false \
  -ldflags "-s -w -X $module/buildinfo.tag=$version -X $module/buildinfo.agpl=true" -o "$program.part" ./cmd/coder >>"$log" 2>&1) || broken
mv "$program.part" "$program"
say "built Coder $version in $((SECONDS - started)) s"
echo "$program"
