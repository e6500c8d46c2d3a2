import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get_dmmf } from '@prisma/prisma-schema-wasm';
import { run } from '../processes/run';

export interface PythonClientOptions {
  /** Python virtual environment that holds LiteLLM and prisma-client-py. */
  readonly venv: string;
  readonly sitePackages: string;
  readonly schemaPath: string;
  /** What prisma-client-py takes for Prisma's query engine. */
  readonly queryEngine: string;
  readonly signal?: AbortSignal | undefined;
}

/** The engine version prisma-client-py 0.11 insists on; the generator refuses any other. */
const EXPECTED_ENGINE_VERSION = 'ac9d7041ed77bcc8a8dbd2ab6616b39013829574';

/**
 * Generates the Python client for LiteLLM's schema as `prisma generate` does, by sending the parsed schema to the
 * generator as one JSON-RPC line, but without the Prisma CLI, which would download binaries.
 */
export async function generatePythonClient(options: PythonClientOptions): Promise<void> {
  const schema = readFileSync(options.schemaPath, 'utf8');
  const request = {
    jsonrpc: '2.0',
    id: 1,
    method: 'generate',
    params: {
      datamodel: schema,
      version: EXPECTED_ENGINE_VERSION,
      schemaPath: options.schemaPath,
      dmmf: JSON.parse(get_dmmf(JSON.stringify({ prismaSchema: withoutUrl(schema), noColor: true }))),
      datasources: [
        {
          name: 'client',
          provider: 'postgresql',
          activeProvider: 'postgresql',
          url: { fromEnvVar: 'DATABASE_URL', value: null },
        },
      ],
      generator: {
        name: 'client',
        provider: { fromEnvVar: null, value: 'prisma-client-py' },
        output: { fromEnvVar: null, value: join(options.sitePackages, 'prisma') },
        config: { recursive_type_depth: '-1' },
        binaryTargets: [{ fromEnvVar: null, value: 'native' }],
        previewFeatures: [],
      },
      otherGenerators: [],
      binaryPaths: { queryEngine: { native: options.queryEngine } },
    },
  };
  const generator = join(options.venv, 'bin/prisma-client-py');
  const reply = await run(generator, [], {
    env: { PRISMA_GENERATOR_INVOCATION: 'true' },
    input: `${JSON.stringify(request)}\n`,
    signal: options.signal,
    // The generator speaks JSON-RPC on standard error.
    includeErrors: true,
  });
  const { error } = JSON.parse(reply.trim().split('\n').at(-1) || '{}') as { error?: { message: string } };
  if (error) throw new Error(`prisma-client-py could not generate its client: ${error.message}`);
  loadModelTypesOnDemand(join(options.sitePackages, 'prisma'));
}

/**
 * Keeps the types of each model out of the import of the client. Only type checkers read them; making them takes a quarter of
 * the time in which LiteLLM starts (eight megabytes of `TypedDict`).
 */
function loadModelTypesOnDemand(client: string): void {
  const file = join(client, 'types.py');
  const types = readFileSync(file, 'utf8');
  const [common, ...models] = types.split(/^(?=# \w+ types$)/m);
  if (models.length === 0) throw new Error(`${file} has no types of models where prisma-client-py 0.11 writes them`);
  writeFileSync(join(client, 'model_types.py'), types);
  writeFileSync(file, `${common}\n${ON_DEMAND}`);
}

const ON_DEMAND = `
def __getattr__(name: str) -> Any:
    if name.startswith('__'):
        raise AttributeError(name)
    from . import model_types
    return getattr(model_types, name)


from . import types, enums, models, fields
`;

/** This release of Prisma's schema parser wants connection strings elsewhere and rejects them in the schema. */
function withoutUrl(schema: string): string {
  return schema.replace(/^\s*url\s*=.*$/m, '');
}
