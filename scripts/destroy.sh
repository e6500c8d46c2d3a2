#!/usr/bin/env bash
# Removes the platform. Its database stays unless gateway.yaml says `volumes: {keep_on_destroy: false}`.
#
#   scripts/destroy.sh       or: make destroy
#
#   ASSUME_YES=1   do not ask
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/platform-environment.sh
. scripts/platform-environment.sh

require_terraform
synthesize
require_runtime
protect_state
initialize
if [[ ${ASSUME_YES:-} == 1 ]]; then
  terraform -chdir="$stack" destroy "${colour[@]}" -auto-approve
else
  terraform -chdir="$stack" destroy
fi
