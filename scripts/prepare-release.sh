#!/usr/bin/env bash
# Makes package.json of this checkout one that npm may publish: what .github/workflows/release.yml does before it publishes.
#
#   scripts/prepare-release.sh TAG REPOSITORY          for example: v0.3.0 octocat/coder-ai-gateway
#
# The version is the tag's. `private` goes, without which npm publishes nothing from a checkout; `repository` is what npm compares
# the provenance with.
set -euo pipefail

if (($# != 2)); then
  echo 'usage: scripts/prepare-release.sh TAG REPOSITORY' >&2
  [[ ${1:-} == --help ]] || exit 2
  exit 0
fi
tag=$1
repository=$2
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ! $tag =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]; then
  echo "prepare-release: the tag \"$tag\" is not a version; name it like v0.3.0 or v0.3.0-rc.1" >&2
  exit 1
fi
npm version --no-git-tag-version --allow-same-version --ignore-scripts "${tag#v}" >/dev/null
npm pkg delete private
npm pkg set repository.type=git "repository.url=git+https://github.com/$repository.git"
echo "prepare-release: $(npm pkg get name | tr -d '"') ${tag#v}"
