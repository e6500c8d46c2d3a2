#!/bin/sh
# Migrates the database, as the public image does, then becomes LiteLLM.
set -eu
cd /opt/gateway
if [ -n "${DATABASE_URL:-}" ] && [ "${DISABLE_SCHEMA_UPDATE:-}" != true ]; then
  scripts/stand-in-images/litellm/migrate.js /opt/litellm/migrations
fi
cd /tmp
exec python /opt/gateway/runtime/services/litellm_program.py "$@"
