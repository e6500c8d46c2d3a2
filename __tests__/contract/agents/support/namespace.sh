#!/usr/bin/env bash
# Runs a command that sees DIRECTORY's files in /etc: a copy of /etc, with them added, is mounted there for it alone.
#
#   unshare --mount namespace.sh DIRECTORY COMMAND [ARGUMENT ...]
set -euo pipefail

own=$1
shift
etc=$(mktemp -d)
mount -t tmpfs tmpfs "$etc"
cp -a /etc/. "$etc/" 2>/dev/null || true # what only root may read is left out for others
cp -a "$own/." "$etc/"
mount --bind "$etc" /etc
exec "$@"
