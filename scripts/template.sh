#!/usr/bin/env bash
# Write the workspace template as `coder templates push` and `coderd_template` take it: `make template`.
#
#   scripts/template.sh [DIRECTORY]          (default: cdktf.out/template)
#
# The directory holds nothing but the template: cdk.tf.json without cdktf's notes, params.tf, README.md and
# .terraform.lock.hcl. The lock file always names the exact provider versions; where Terraform's public registry answers, it
# holds the hashes of the published providers, too.
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
outdir=${CDKTF_OUTDIR:-$root/cdktf.out}
target=${1:-$outdir/template}
stack=$outdir/stacks/contractor-workspace
registry=https://registry.terraform.io/.well-known/terraform.json

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "template: $*"
  exit 1
}

[[ $target != -* ]] || fail "there is no option $target; name a directory, or nothing"
# Only a directory this script wrote is emptied.
if [[ -d $target && -n $(ls -A "$target") && ! -f $target/params.tf ]]; then
  fail "$target exists and holds something else; give another directory"
fi

node "$root/bin/require-packages.js"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
node bin/synth >"$work/synth.log" 2>&1 || {
  cat "$work/synth.log" >&2
  fail 'synth failed (see above)'
}

mkdir "$work/template"
# cdktf notes its own bookkeeping under "//"; it means nothing to Coder.
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const [from, to] = process.argv.slice(1);
  const stack = JSON.parse(readFileSync(from, "utf8"), function (key, value) { return key === "//" ? undefined : value; });
  writeFileSync(to, JSON.stringify(stack, null, 2) + "\n");
' "$stack/cdk.tf.json" "$work/template/cdk.tf.json"
cp "$stack/params.tf" "$work/template/params.tf"
cp "$root/scripts/template-readme.md" "$work/template/README.md"

providers=(coder docker)
if grep -q '"kubectl"' "$work/template/cdk.tf.json"; then providers=(coder kubectl); fi

# The versions without hashes: Terraform then takes those versions and adds the hashes of what it gets at its init.
{
  echo '# Written by scripts/template.sh.'
  "$root/scripts/provider-mirror.sh" --versions "${providers[@]}" | sort | while read -r provider version; do
    printf '\nprovider "registry.terraform.io/%s" {\n  version = "%s"\n}\n' "$provider" "$version"
  done
} >"$work/template/.terraform.lock.hcl"

locked='provider versions locked'
if ! command -v terraform >/dev/null; then
  say 'template: the lock file names provider versions without hashes, because Terraform is not installed; Terraform adds them at its first init (or run make template again with Terraform)'
elif ! curl --fail --silent --show-error --max-time 5 --output /dev/null "$registry" 2>/dev/null; then
  say 'template: the lock file names provider versions without hashes, because registry.terraform.io does not answer; Terraform adds them at its first init (or run make template again where it answers)'
else
  say 'template: locking the providers …'
  # Hashes of a local mirror would not fit the published providers, so no mirror is used here.
  : >"$work/no-mirror.tfrc"
  TF_CLI_CONFIG_FILE=$work/no-mirror.tfrc CHECKPOINT_DISABLE=1 terraform -chdir="$work/template" providers lock \
    -platform=linux_amd64 -platform=linux_arm64 >"$work/lock.log" 2>&1 || {
    tail -n 5 "$work/lock.log" >&2
    fail 'the providers could not be locked (see above)'
  }
  locked='providers locked with hashes'
fi
rm -rf "$work/template/.terraform"

bytes=$(tar -C "$work/template" -cf - . | wc -c)
((bytes < 1048576)) || fail "the template has $bytes bytes; Coder takes at most 1048576"

mkdir -p "$target" || fail "$target cannot be made (see above); give another directory"
rm -rf "${target:?}"/{cdk.tf.json,params.tf,README.md,.terraform.lock.hcl}
cp -r "$work/template/." "$target/"
say "template: $target ($((bytes / 1024)) KiB, $locked)"
say "push it:  coder templates push contractor-workspace --directory $target --variables-file <(sed -n 's/^\(workspace_identity_secret\) = /\1: /p' secrets.tfvars) --yes"
