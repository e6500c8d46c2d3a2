# shellcheck shell=bash
# Where this workspace stores its AI configuration, for the scripts in ../bin.
# shellcheck disable=SC2034 # the scripts that source this use the names

lib=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
settings=$HOME/.config/ai-gateway # what the last successful start wrote
state=$HOME/.local/state/ai-gateway
secrets=${WORKSPACE_SECRETS_DIR:-/run/workspace}
secret_names=(GATEWAY_WORKSPACE_TOKEN GATEWAY_API_KEY GATEWAY_GIT_PASSWORD)

# AI_GATEWAY_URL and the like, as sent by the key-provisioner. Contains no key.
load_environment() {
  # shellcheck disable=SC1091
  [[ ! -r $settings/environment ]] || . "$settings/environment"
}
