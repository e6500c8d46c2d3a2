#!/bin/sh
# Migrates the database, as the public image does unless DISABLE_SCHEMA_UPDATE is true, then becomes LiteLLM.
set -eu
cd /opt/gateway
if [ -n "${DATABASE_URL:-}" ] && [ "${DISABLE_SCHEMA_UPDATE:-}" != true ]; then
  scripts/stand-in-images/litellm/migrate.js /opt/litellm/migrations
fi
# Its own way needs Prisma's programs.
export DISABLE_SCHEMA_UPDATE=true
cd /tmp
exec python /opt/gateway/runtime/services/litellm_program.py "$@"
