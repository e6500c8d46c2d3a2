#!/usr/bin/env bash
# Applies exactly the plan that scripts/plan.sh saved and showed.
#
#   scripts/deploy.sh        or: make deploy
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/platform-environment.sh
. scripts/platform-environment.sh

require_terraform
[[ -s $stack/platform.tfplan ]] || fail "there is no saved plan; run 'make plan', read it, then run 'make deploy' again"
require_docker
protect_state
terraform -chdir="$stack" apply -input=false platform.tfplan
# A plan is good for one apply.
rm -f "$stack/platform.tfplan" "$stack/plan.json"
