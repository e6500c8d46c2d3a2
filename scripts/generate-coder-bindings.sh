#!/usr/bin/env bash
# Regenerate bindings/coder/lib from the Terraform provider coder/coder.
#
#   scripts/generate-coder-bindings.sh            write bindings/coder/lib
#   scripts/generate-coder-bindings.sh --check    exit 1 if what is committed differs
#
# Needs Terraform and either its public registry or a provider mirror named by TF_CLI_CONFIG_FILE
# (scripts/provider-mirror.sh makes one). Only the resources this project uses are kept: each generated
# folder stands alone.
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=2.20.0
resources=(agent app data-coder-parameter data-coder-provisioner data-coder-workspace data-coder-workspace-owner
  env metadata provider script)

case "${1:-}" in
  '' | --check) ;;
  *)
    sed -n '2,9p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

node "$here/bin/require-packages.js" --dev

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/cdktf.json" <<JSON
{
  "language": "typescript",
  "app": "true",
  "projectId": "coder-bindings",
  "sendCrashReports": "false",
  "terraformProviders": ["coder/coder@$version"],
  "codeMakerOutput": ".gen"
}
JSON
# `cdktf get` looks for cdktf beside the project it generates for.
ln -s "$here/node_modules" "$work/node_modules"
if ! (cd "$work" && CI=1 CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1 \
  "$here/node_modules/.bin/cdktf" get --silent) >"$work/get.log" 2>&1; then
  cat "$work/get.log" >&2
  echo "generate-coder-bindings: \`cdktf get\` failed; without the public Terraform registry set TF_CLI_CONFIG_FILE to a provider mirror (scripts/provider-mirror.sh)" >&2
  exit 1
fi

mkdir "$work/lib"
for resource in "${resources[@]}"; do
  mkdir "$work/lib/$resource"
  {
    echo "// Code generated from coder/coder $version by scripts/generate-coder-bindings.sh. DO NOT EDIT."
    # The generator writes for a laxer compiler than ours; its types still reach those who import them.
    echo '// @ts-nocheck'
    cat "$work/.gen/providers/coder/$resource/index.ts"
  } >"$work/lib/$resource/index.ts"
done

if [[ ${1:-} == --check ]]; then
  diff -r "$work/lib" "$here/bindings/coder/lib" && echo "bindings/coder/lib is what coder/coder $version generates"
else
  rm -rf "$here/bindings/coder/lib"
  mv "$work/lib" "$here/bindings/coder/lib"
  echo "wrote bindings/coder/lib from coder/coder $version"
fi
