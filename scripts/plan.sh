#!/usr/bin/env bash
# Synthesizes, saves the platform's plan and shows it: cdktf.out/stacks/platform/{platform.tfplan,plan.json}.
#
#   scripts/plan.sh          or: make plan
#
#   SECRETS   the file with the secrets (default: secrets.tfvars)
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" none "$@"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/platform-environment.sh
. scripts/platform-environment.sh

# What was saved before is not what is asked for now: `make deploy` must not find it if this fails.
rm -f "$stack/platform.tfplan" "$stack/plan.json"
require_terraform
synthesize
if on_kubernetes; then
  require_cluster
  # Secrets are no part of this plan: they are in the cluster already, or nothing is planned.
  node bin/gateway secrets check --settings "${GATEWAY_SETTINGS:-gateway.yaml}" >&2 || fail 'nothing was planned (see above)'
  variables=()
else
  require_secrets
  require_docker
  variables=(-var-file="$secrets")
fi
protect_state
initialize
say 'planning …'
# A plan that fails is not shown: what is wrong would be lost below it. Terraform leaves the unusable file.
shown=$(terraform -chdir="$stack" plan -input=false -compact-warnings "${colour[@]}" "${variables[@]}" -out=platform.tfplan) || {
  rm -f "$stack/platform.tfplan"
  fail 'nothing was planned (see above)'
}
printf '%s\n' "$shown"
terraform -chdir="$stack" show -json platform.tfplan >"$stack/plan.json"
on_kubernetes || node --import tsx scripts/check-ports.ts "$stack/plan.json" || {
  rm -f "$stack/platform.tfplan" "$stack/plan.json"
  fail 'the plan was not saved (see above)'
}
say "saved: $stack/platform.tfplan (for make deploy) and $stack/plan.json; $(on_kubernetes && echo 'they hold no secret' || echo 'both hold secrets, so keep them here')"
