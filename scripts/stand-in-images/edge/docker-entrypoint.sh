#!/bin/sh
# Like the public image's: arguments alone are Envoy's.
set -e
[ "${1#-}" = "$1" ] || set -- envoy "$@"
exec "$@"
