#!/usr/bin/env node
// The file PRISMA_QUERY_ENGINE_BINARY points at. It must be executable on its own,
// so it loads TypeScript relative to this file and not to the caller's cwd.
require('tsx/cjs');
require('./src/main');
