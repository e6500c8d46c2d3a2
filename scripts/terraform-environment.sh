# shellcheck shell=bash
# What Terraform and cdktf need in their environment here; to be sourced (`. scripts/terraform-environment.sh`).

repository=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)

# No telemetry, no update checks.
export CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1 TF_IN_AUTOMATION=1
# `cdktf deploy` runs `terraform providers lock`, which ignores a mirror, and sets a plug-in cache that parallel runs corrupt.
export CDKTF_SKIP_PROVIDER_LOCK=true CDKTF_DISABLE_PLUGIN_CACHE_ENV=true

# The mirror of scripts/provider-mirror.sh where there is one. A name without a file makes every Terraform command complain.
if [[ ! -s ${TF_CLI_CONFIG_FILE:-} ]]; then
  if [[ -s $repository/.cache/terraform/mirror/terraform.rc ]]; then
    export TF_CLI_CONFIG_FILE=$repository/.cache/terraform/mirror/terraform.rc
  else
    unset TF_CLI_CONFIG_FILE
  fi
fi

# The platform's own Coder server joins the group that owns the Docker socket; its number differs from host to host.
if [[ -z ${TF_VAR_docker_group:-} ]] && docker_group=$(stat -c %g /var/run/docker.sock 2>/dev/null); then
  export TF_VAR_docker_group=$docker_group
fi

# `npx cdktf` would look for a program of that name in the package registry, and not say what is missing here. A shell that sources
# this is not ended.
node "$repository/bin/require-packages.js" || :
