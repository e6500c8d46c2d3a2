import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Engine } from './engine';
import { toErrorResponse } from './wire-format';

interface SingleRequest {
  query: string;
}

interface BatchRequest {
  batch: SingleRequest[];
  transaction?: boolean;
}

/** The HTTP interface of the query engine. Failed queries are 200 responses with an `errors` list. */
export function createEngineServer(engine: Engine): Server {
  return createServer(async (request, response) => {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const body = await readBody(request);
      const result = await route(engine, request, body);
      if (result === undefined) reply(404, { errors: [{ error: `No such route: ${request.method} ${request.url}` }] });
      else reply(200, result);
    } catch (error) {
      reply(200, { errors: [toErrorResponse(error)] });
    }
  });
}

async function route(engine: Engine, request: IncomingMessage, body: string): Promise<unknown> {
  const route = `${request.method} ${request.url}`;
  if (route === 'GET /status') return { status: 'ok' };
  if (route === 'POST /') return runQueries(engine, JSON.parse(body), request.headers['x-transaction-id'] as string);
  if (route === 'POST /transaction/start') return startTransaction(engine, JSON.parse(body));

  const [, id, ending] = /^POST \/transaction\/([^/]+)\/(commit|rollback)$/.exec(route) ?? [];
  if (!id) return undefined;
  if (ending === 'commit') await engine.transactions.commitTransaction(id);
  else await engine.transactions.rollbackTransaction(id);
  return {};
}

async function runQueries(engine: Engine, request: SingleRequest | BatchRequest, transactionId?: string) {
  if (!('batch' in request)) return { data: { result: await engine.run(request.query, transactionId) } };

  const queries = request.batch.map(({ query }) => query);
  if (request.transaction && !transactionId) {
    const results = await engine.runAtomically(queries);
    return { batchResult: results.map((result) => ({ data: { result } })) };
  }
  const batchResult: unknown[] = [];
  for (const query of queries) batchResult.push({ data: { result: await engine.run(query, transactionId) } });
  return { batchResult };
}

async function startTransaction(engine: Engine, options: { max_wait?: number; timeout?: number }) {
  const { max_wait: maxWait, timeout } = options;
  const { id } = await engine.transactions.startTransaction({
    ...(maxWait === undefined ? {} : { maxWait }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  return { id };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
