#!/usr/bin/env bash
# Applies exactly the plan that scripts/plan.sh saved and showed; several LiteLLM one after the other.
#
#   scripts/deploy.sh        or: make deploy
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" none "$@"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/platform-environment.sh
. scripts/platform-environment.sh

require_terraform
[[ -s $stack/platform.tfplan && -s $stack/plan.json ]] || fail "there is no saved plan; run 'make plan', read it, then run 'make deploy' again"
require_runtime
protect_state
on_kubernetes || node --import tsx scripts/check-ports.ts "$stack/plan.json" || fail 'nothing was deployed (see above)'
applied=true
if node --import tsx scripts/replace-in-turn.ts "$stack" platform.tfplan "$secrets" "$stack/plan.json"; then
  terraform -chdir="$stack" apply -input=false "${colour[@]}" platform.tfplan || applied=false
else
  applied=false
fi
protect_state
# A plan is good for one apply, whether it went through or not.
rm -f "$stack/platform.tfplan" "$stack/platform.tfplan.step" "$stack/plan.json"
$applied || fail "the plan could not be applied as it was (see above); run 'make plan', which shows what is left to do, then 'make deploy'"
