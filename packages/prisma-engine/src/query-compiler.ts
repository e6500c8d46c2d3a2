/** Loads Prisma's query compiler, a WebAssembly module that turns a query into a plan of SQL statements. */
import { readFile } from 'node:fs/promises';
import type { QueryCompiler } from '@prisma/query-compiler-wasm/postgresql/query_compiler_fast.js';
// @ts-expect-error The package ships no types for its glue code.
import * as glue from '@prisma/query-compiler-wasm/postgresql/query_compiler_fast_bg.js';

const WASM_FILE = '@prisma/query-compiler-wasm/postgresql/query_compiler_fast_bg.wasm';

/** As much of Node's global as is used here: its types are part of the DOM's. */
interface WebAssemblyApi {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}

export async function loadQueryCompiler(datamodel: string): Promise<QueryCompiler> {
  const bytes = await readFile(require.resolve(WASM_FILE));
  const { instance } = await (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly.instantiate(bytes, {
    './query_compiler_fast_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return new glue.QueryCompiler({
    datamodel,
    provider: 'postgres',
    connectionInfo: { supportsRelationJoins: false },
  });
}
