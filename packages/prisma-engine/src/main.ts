/**
 * Replacement for Prisma's Rust `query-engine` binary (PostgreSQL only).
 *
 * prisma-client-py starts it as `query-engine -p <port> --enable-raw-queries ...`, with the path of the
 * schema in PRISMA_DML_PATH, and then speaks GraphQL over HTTP to it.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { databaseUrl, poolConfig } from './database-url';
import { Engine } from './engine';
import { createEngineServer } from './http-server';
import { toErrorResponse } from './wire-format';

const { values: flags } = parseArgs({
  strict: false, // tolerate flags that only make sense for the Rust engine
  options: {
    version: { type: 'boolean' },
    port: { type: 'string', short: 'p' },
    host: { type: 'string', short: 'H', default: '127.0.0.1' },
  },
});

if (flags.version) {
  console.log('query-engine replacement (@coder-ai-gateway/prisma-engine)');
  process.exit(0);
}

// LiteLLM recognises orphaned engines by this process name.
process.title = 'query-engine';

const schema = readFileSync(requiredEnv('PRISMA_DML_PATH'), 'utf8');

void main();

async function main(): Promise<void> {
  try {
    const engine = await Engine.connect(schema, poolConfig(databaseUrl(schema, process.env)));
    const server = createEngineServer(engine);
    server.listen(Number(flags.port), String(flags.host));

    const stop = async () => {
      server.close();
      server.closeAllConnections();
      await engine.disconnect();
      process.exit(0);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    // The Rust engine also reports a failed start as one JSON line and a non-zero exit status.
    console.error(JSON.stringify(toErrorResponse(error).user_facing_error));
    process.exit(1);
  }
}

function requiredEnv(name: string): string {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set`);
    process.exit(1);
  }
  return value;
}
