#!/usr/bin/env bash
# Build the Terraform providers of this project into a filesystem mirror, for machines that cannot reach the public
# Terraform registry. Does nothing where the registry answers or the mirror is complete.
#
#   scripts/provider-mirror.sh [--force] [TYPE ...]      (default: docker coder)
#   scripts/provider-mirror.sh --versions [TYPE ...]     prints `<namespace>/<type> <version>` per provider, and builds nothing
#
# scripts/terraform-environment.sh makes Terraform use the mirror. Needs Go; the sources come as Go modules.
#
#   TF_MIRROR_DIR   where the mirror goes (default: .cache/terraform/mirror)
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mirror=${TF_MIRROR_DIR:-$root/.cache/terraform/mirror}
config=$mirror/terraform.rc
registry=registry.terraform.io # part of every provider's address, not only a server

# type  namespace  version  Go package  module it is published as  module version
# The docker provider's go.mod declares another path than the one it is published under, so it needs a `replace`.
known=(
  "docker kreuzwerker 4.6.0 github.com/terraform-providers/terraform-provider-docker github.com/kreuzwerker/terraform-provider-docker v0.0.0-20260916201441-96d331c98ff4"
  "coder coder 2.20.0 github.com/coder/terraform-provider-coder/v2 github.com/coder/terraform-provider-coder/v2 v2.20.0"
  "kubectl gavinbunney 1.19.0 github.com/gavinbunney/terraform-provider-kubectl github.com/gavinbunney/terraform-provider-kubectl v1.19.0"
)

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

action=
if [[ ${1:-} == --* ]]; then
  action=$1
  shift
fi
(($#)) || set -- docker coder
providers=()
for type in "$@"; do
  for provider in "${known[@]}"; do
    [[ $provider != "$type "* ]] || providers+=("$provider")
  done
done

force=
case "$action" in
  --force) force=1 ;;
  --versions)
    printf '%s\n' "${providers[@]}" | awk '{ print $2 "/" $1, $3 }'
    exit 0
    ;;
  '') ;;
  *) fail 'usage: scripts/provider-mirror.sh [--force|--versions] [docker|coder|kubectl ...]' ;;
esac
((${#providers[@]} == $#)) || fail "usage: scripts/provider-mirror.sh [--force|--versions] [docker|coder|kubectl ...]; found $*"

case "$(uname -m)" in
  x86_64) architecture=amd64 ;;
  aarch64 | arm64) architecture=arm64 ;;
  *) fail "no provider is built for $(uname -m) here; use a machine that reaches $registry" ;;
esac
platform=$(uname -s | tr '[:upper:]' '[:lower:]')_$architecture
binary() { echo "$mirror/$registry/$2/$1/$3/$platform/terraform-provider-$1_v$3"; } # type namespace version

complete() {
  local provider type namespace version
  [[ -s $config ]] || return 1
  for provider in "${providers[@]}"; do
    read -r type namespace version _ <<<"$provider"
    [[ -x $(binary "$type" "$namespace" "$version") ]] || return 1
  done
}

mkdir -p "$mirror"
exec 9>"$mirror/lock"
flock 9 # several suites may ask at once
if [[ -z $force ]]; then
  if complete; then exit 0; fi
  if curl -fsS --max-time 5 -o /dev/null "https://$registry/.well-known/terraform.json" 2>/dev/null; then exit 0; fi
fi
command -v go >/dev/null ||
  fail "$registry cannot be reached, and building the providers here needs Go; install Go 1.24 or later, or name a mirror with TF_CLI_CONFIG_FILE"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for provider in "${providers[@]}"; do
  read -r type namespace version package module module_version <<<"$provider"
  out=$(binary "$type" "$namespace" "$version")
  if [[ -z $force && -x $out ]]; then continue; fi
  started=$SECONDS
  say "building the provider $namespace/$type $version (minutes the first time) …"
  mkdir -p "$work/$type" "$(dirname "$out")"
  (
    cd "$work/$type"
    go mod init "mirror.invalid/$type" >/dev/null 2>&1
    if [[ $package == "$module" ]]; then
      go mod edit -require "$module@$module_version"
    else
      go mod edit -require "$package@v0.0.0" -replace "$package=$module@$module_version"
    fi
    # -trimpath and no VCS stamp: the same Go release gives the same bytes, hence the same hash in a lock file.
    GOFLAGS='' CGO_ENABLED=0 nice -n 10 go build -mod=mod -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" \
      -o "$out.part" "$package" >"$work/$type.log" 2>&1 || {
      tail -n 5 "$work/$type.log" >&2
      exit 1
    }
  ) || fail "the provider $namespace/$type could not be built (see above)"
  mv "$out.part" "$out"
  say "built $namespace/$type $version in $((SECONDS - started)) s"
done

# All of them, whichever were built now.
addresses=$(printf '"%s", ' "${known[@]}" | sed -E "s|\"([^ ]+) ([^ ]+)[^\"]*\"|\"$registry/\2/\1\"|g; s/, $//")
cat >"$config" <<RC
# Written by scripts/provider-mirror.sh; used through TF_CLI_CONFIG_FILE.
disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = "$mirror"
    include = [$addresses]
  }
  direct {
    exclude = [$addresses]
  }
}
RC
