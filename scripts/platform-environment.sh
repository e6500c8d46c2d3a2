# shellcheck shell=bash
# What scripts/{plan,deploy,destroy}.sh share; to be sourced from the repository's root.

node bin/require-packages.js

# shellcheck source=scripts/terraform-environment.sh
. scripts/terraform-environment.sh

# State and plans hold secrets in clear text.
umask 077

stack=${CDKTF_OUTDIR:-cdktf.out}/stacks/platform
state=$stack/../../../terraform.platform.tfstate
secrets=$(realpath -m "${SECRETS:-secrets.tfvars}")

# shellcheck disable=SC2034 # for the scripts that source this
colour=()
# shellcheck disable=SC2034
[[ -t 1 ]] || colour=(-no-color)

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

require_terraform() { node --import tsx scripts/check-terraform.ts; }

require_secrets() {
  [[ -s $secrets ]] || fail "$secrets does not exist; run \`make init\`, which writes it, or name another file in SECRETS"
}

on_kubernetes() { grep -q '"kubectl"' "$stack/cdk.tf.json"; }

# What everything runs on answers: a Docker daemon, or a cluster.
require_runtime() {
  if on_kubernetes; then require_cluster; else require_docker; fi
}

require_cluster() {
  local context
  context=$(sed -nE 's/^ *"config_context": "([^"]+)".*/\1/p' "$stack/cdk.tf.json" | head -n 1)
  command -v kubectl >/dev/null || fail 'kubectl is not installed; install kubectl, then try again'
  timeout 30 kubectl ${context:+--context "$context"} --request-timeout=20s get --raw /version >/dev/null 2>&1 ||
    fail "no cluster answers (${context:-the current context of the kubeconfig}); check KUBECONFIG, or set kubernetes.context in gateway.yaml"
}

require_docker() {
  # shellcheck disable=SC2034 # for the scripts that source this
  docker_host=$(sed -nE 's/^ *"host": "((unix|tcp|ssh|npipe):[^"]+)".*/\1/p' "$stack/cdk.tf.json" | head -n 1)
  command -v docker >/dev/null || fail 'docker is not installed; install Docker, then try again'
  DOCKER_HOST=${docker_host:-} timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
    fail "no Docker daemon answers at ${docker_host:-the default socket}; start it, or set docker.host in gateway.yaml"
}

# A state that was made without these scripts may be readable by others.
protect_state() {
  local file
  for file in "$state" "$state.backup"; do
    if [[ -e $file ]]; then chmod 600 "$file"; fi
  done
}

synthesize() { node bin/synth; }

initialize() {
  local log
  if on_kubernetes; then scripts/provider-mirror.sh kubectl; else scripts/provider-mirror.sh; fi
  # shellcheck source=scripts/terraform-environment.sh
  . scripts/terraform-environment.sh
  log=$(terraform -chdir="$stack" init -input=false -no-color 2>&1) || {
    printf '%s\n' "$log" >&2
    fail 'terraform could not be initialized (see above)'
  }
}
