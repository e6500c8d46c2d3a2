#!/usr/bin/env bash
# Removes the platform. Its database stays unless gateway.yaml says `volumes: {keep_on_destroy: false}`.
#
#   scripts/destroy.sh       or: make destroy
#
#   ASSUME_YES=1   do not ask
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" none "$@"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/platform-environment.sh
. scripts/platform-environment.sh

# What this platform did not start holds its networks: Terraform would remove the containers, wait, and fail at the networks.
require_no_workspaces() {
  local own network name owner workspace others=() ways=()
  own=$(names docker_container)
  local format='{{.Names}}\t{{.Label "coder.owner"}}\t{{.Label "coder.workspace_name"}}'
  while read -r network; do
    while IFS=$'\t' read -r name owner workspace; do
      ! grep -qFx "$name" <<<"$own" || continue
      if [[ -n $workspace ]]; then
        others+=("  the workspace $owner/$workspace (container $name)")
        ways+=("  coder stop $owner/$workspace --yes")
      else
        others+=("  the container $name, which is no workspace of Coder's")
        ways+=("  docker network disconnect $network $name")
      fi
    done < <(DOCKER_HOST=${docker_host:-${DOCKER_HOST:-}} docker ps --filter "network=$network" --format "$format")
  done < <(names docker_network)
  ((${#others[@]})) || return 0
  say 'nothing was removed: these still use the networks of this platform:'
  printf '%s\n' "${others[@]}" | sort -u >&2
  say 'stop them, then run this again (docker rm --force CONTAINER for one that Coder no longer lists):'
  printf '%s\n' "${ways[@]}" | sort -u >&2
  exit 1
}

# Of the stack as it was synthesized.
names() {
  node -e '
    const { readFileSync } = require("node:fs");
    const [file, type] = process.argv.slice(1);
    const { resource } = JSON.parse(readFileSync(file, "utf8"));
    for (const { name } of Object.values(resource[type] ?? {})) console.log(name);
  ' "$stack/cdk.tf.json" "$1"
}

require_terraform
synthesize
require_runtime
require_no_workspaces
protect_state
initialize
if [[ ${ASSUME_YES:-} == 1 ]]; then
  terraform -chdir="$stack" destroy "${colour[@]}" -auto-approve
else
  terraform -chdir="$stack" destroy
fi
