/**
 * Usage: node --import tsx __tests__/contract/support/supervisor.ts
 *
 * Runs one PostgreSQL server and any number of gateways for a test run, in this process's own directory, and handles
 * commands over HTTP on 127.0.0.1. Prints `{"url": …}` when it is ready. Ends, with everything it started, when standard
 * input does: that is, when the test run ends, however it ends.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '../../../runtime/problem';
import type { LiteLLMRun } from './fork-server';
import { TestGateways } from './gateways';
import type { GatewayRequest } from './test-gateway';

const stopping = new AbortController();
let gateways: TestGateways | undefined;

process.stdin.resume();
process.stdin.once('end', () => void end(0));
process.stdin.once('error', () => void end(0));
process.once('SIGTERM', () => void end(0));
process.on('SIGINT', () => {}); // Ctrl-C reaches the test run too, which then closes standard input

async function end(status: number): Promise<never> {
  stopping.abort();
  await gateways?.stop().catch(() => {});
  process.exit(status);
}

const report = everySecond((text) => process.stderr.write(`contract tests: ${text}\n`));

void main();

async function main(): Promise<void> {
  try {
    gateways = await TestGateways.open({ report, signal: stopping.signal });
  } catch (error) {
    process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
    process.exit(1);
  }

  const server = createServer(async (request, response) => {
    let status = 200;
    let answer: unknown;
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      answer = await handle(`${request.method} ${request.url}`, JSON.parse(Buffer.concat(chunks).toString() || '{}'));
    } catch (error) {
      status = 500;
      answer = { error: (error as Error).message };
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  });
  server.requestTimeout = 0; // a start takes as long as it takes
  server.keepAliveTimeout = 0; // a connection that is closed while a test reuses it fails that test
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
  });
}

async function handle(command: string, body: unknown): Promise<unknown> {
  if (!gateways) throw new Error('not ready');
  const [, method, first, id = '', service = '', action = ''] =
    /^(\w+) \/([\w-]+)(?:\/([\w-]+))?(?:\/([\w-]+))?(?:\/([\w-]+))?$/.exec(command) ?? [];
  if (method === 'POST' && first === 'envoy') return { program: gateways.envoy };
  if (method === 'POST' && first === 'databases') return gateways.database(body as { migrated?: boolean });
  if (method === 'POST' && first === 'postgres')
    return id === 'stop' ? gateways.stopPostgres() : gateways.startPostgres();
  if (first === 'gateways') {
    if (method === 'POST' && !id) return gateways.start(body as GatewayRequest);
    if (method === 'DELETE') return gateways.remove(id);
    if (method === 'POST' && service === 'key-provisioners' && !action) {
      return gateways.startCopy(id, body as Record<string, string>);
    }
    if (method === 'POST' && service === 'litellm' && action === 'run')
      return gateways.runLiteLLM(id, body as LiteLLMRun);
    if (method === 'POST') return gateways.control(id, service, action);
  }
  throw new Error(`there is no command ${command}`);
}

/** Fewer lines for a log that is not a terminal. */
function everySecond(show: (text: string) => void): (text: string) => void {
  let last = 0;
  return (text) => {
    if (Date.now() - last < 1000) return;
    last = Date.now();
    show(text);
  };
}
