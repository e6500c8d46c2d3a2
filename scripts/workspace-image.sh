#!/usr/bin/env bash
# Build the workspace image with the agents that gateway.yaml names, under the name the template expects.
#
#   scripts/workspace-image.sh [further options of `docker build`]
#
# Run it on the Docker host of the workspaces. `images.node` in gateway.yaml replaces the base image, `images.workspace` the
# name; GATEWAY_SETTINGS names another settings file. The base image is pulled if it is missing.
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
node bin/require-packages.js

settings=$(node --import tsx -e '
  const { WORKSPACE_IMAGE } = require("./workspace/image.ts");
  const { loadSettings } = require("./settings/load.ts");
  const { imageOf } = require("./workloads/images.ts");
  try {
    const settings = loadSettings(process.env.GATEWAY_SETTINGS);
    const { agents, roo_extension } = settings.workspace;
    console.log(settings.images.workspace ?? WORKSPACE_IMAGE);
    console.log(imageOf("node", settings));
    console.log(agents.map((agent) => (agent === "roo-code" ? roo_extension : agent)).join(" "));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
')
{
  read -r image
  read -r base
  read -r agents
} <<<"$settings"

docker version >/dev/null 2>&1 || {
  echo 'workspace-image: no Docker daemon answers; start Docker, then try again' >&2
  exit 1
}
echo "workspace-image: building $image with $agents (some minutes) …" >&2
docker build --build-arg "BASE_IMAGE=$base" --build-arg "AGENTS=$agents" --tag "$image" "$@" images/contractor-workspace
