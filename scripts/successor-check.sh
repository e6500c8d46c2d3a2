#!/usr/bin/env bash
# CDKTF is archived. This synthesizes the same sources under its successor CDK Terrain, by npm alias, and expects equal JSON
# apart from remarks (`//`) and what is empty. Nothing in the checkout is changed.
#
#   scripts/successor-check.sh
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" none "$@"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
successor=cdktn@0.24.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# The sources, with the packages that synth needs and the successor in the place of cdktf.
mkdir "$work/app"
(cd "$root" && git ls-files -z --cached --others --exclude-standard -- ':(exclude)__tests__' ':(exclude)docs' \
  ':(exclude)package-lock.json' |
  tar -cf - --null --files-from -) | tar -C "$work/app" -xf -
# shellcheck disable=SC2016 # JavaScript
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const [from, to, successor] = process.argv.slice(1);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(from, "utf8"));
  const versions = { ...dependencies, ...devDependencies };
  const needed = ["@cdktf/provider-docker", "constructs", "fastest-levenshtein", "tsx", "yaml", "zod"];
  writeFileSync(to, JSON.stringify({
    private: true,
    dependencies: {
      ...Object.fromEntries(needed.map((name) => [name, versions[name]])),
      cdktf: `npm:${successor}`,
    },
    overrides: { cdktf: "$cdktf" },
  }));
' "$root/package.json" "$work/app/package.json" "$successor"
(cd "$work/app" && npm install --silent --no-audit --no-fund) >"$work/install.log" 2>&1 || {
  tail -n 20 "$work/install.log" >&2
  fail "$successor could not be installed (see above)"
}

[[ $(node -p 'require(process.argv[1]).name' "$work/app/node_modules/cdktf/package.json") == cdktn ]] ||
  fail "the alias did not put $successor in the place of cdktf"

synthesize() { (cd "$1" && CDKTF_OUTDIR="$2" node --import tsx main.ts) >/dev/null; }
synthesize "$root" "$work/ours"
synthesize "$work/app" "$work/theirs"

# shellcheck disable=SC2016 # JavaScript
node -e '
  const { readFileSync } = require("node:fs");
  const { isDeepStrictEqual } = require("node:util");
  const [ours, theirs] = process.argv.slice(1);
  const isEmpty = (value) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
  const read = (outdir, stack) => JSON.parse(readFileSync(`${outdir}/stacks/${stack}/cdk.tf.json`, "utf8"),
    (key, value) => (key === "//" || isEmpty(value) ? undefined : value));
  for (const stack of ["platform", "contractor-workspace"]) {
    const equal = isDeepStrictEqual(read(ours, stack), read(theirs, stack));
    console.log(`${stack}: ${equal ? "equal" : "different"} under the successor`);
    if (!equal) process.exitCode = 1;
  }
' "$work/ours" "$work/theirs"
