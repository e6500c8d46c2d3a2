/**
 * Usage: node --import tsx bench/edge.ts [--samples 2000] [--seconds 5] [--clients 16] [--replicas 1]
 *
 * What the edge adds: the real Envoy with the deployed configuration in front of a stand-in for LiteLLM that answers at once, so
 * that nothing else is measured. Latency of one client, every other request without the edge; then throughput of several, in
 * turns of a second: with an upstream that is faster than any LiteLLM, which shows what the edge itself can do, and with one that
 * works on each request for some milliseconds, as LiteLLM's one thread does at the least.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cacheDirectory } from '../runtime/installation/directories';
import { prepareEnvoy } from '../runtime/installation/envoy';
import { preparePythonEnvironment } from '../runtime/installation/python-environment';
import { bodyClasses } from '../workloads/body-limits';
import { edgeConfiguration } from '../workloads/edge-configuration';

const HOST = '127.0.0.1';
const EDGE_PORT = 8181;
const UPSTREAM_PORT = 8182;
/** A turn of an agent: some kilobytes there, a stream of events back. */
const BODY = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'x'.repeat(8000) }] });
const EVENT = `event: content_block_delta\ndata: ${JSON.stringify({ text: 'hello '.repeat(10) })}\n\n`;

/** What LiteLLM's one thread takes for a request, at the least. */
const WORK_MS = 10;

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '16' },
    replicas: { type: 'string', default: '1' },
    upstream: { type: 'string' },
  },
});
const replicas = Number(values.replicas);

/** Started as a process of its own, `--upstream PORT`: its work is not the client's. */
function serveAsLiteLLM(port: number): void {
  createServer((incoming, answer) => {
    incoming.resume();
    incoming.on('end', () => {
      // LiteLLM has one thread.
      for (const until = performance.now() + Number(incoming.headers['x-app'] ?? 0); performance.now() < until; );
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      answer.write(EVENT);
      answer.end(EVENT.repeat(9));
    });
  }).listen(port, HOST);
}

const agents = {
  direct: new Agent({ keepAlive: true, maxSockets: 64 }),
  edge: new Agent({ keepAlive: true, maxSockets: 64 }),
};
type Way = keyof typeof agents;
const PORTS: Record<Way, number> = { direct: UPSTREAM_PORT, edge: EDGE_PORT };

/** Milliseconds until the first event, and until the end. */
function ask(way: Way, workMs = 0): Promise<{ first: number; whole: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = {
      'x-app': workMs,
      authorization: 'Bearer sk-bench',
      'content-type': 'application/json',
      'content-length': BODY.length,
    };
    const options = { host: HOST, port: PORTS[way], method: 'POST', path: '/v1/messages', headers, agent: agents[way] };
    const sent = request(options, (answer) => {
      let first = 0;
      if (answer.statusCode !== 200) return reject(new Error(`${way} answered ${answer.statusCode}`));
      answer.on('data', () => {
        first ||= performance.now() - began;
      });
      answer.on('end', () => resolve({ first, whole: performance.now() - began }));
    });
    sent.on('error', reject);
    sent.end(BODY);
  });
}

const percentile = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;

async function latency(samples: number): Promise<void> {
  const measured: Record<Way, { first: number[]; whole: number[] }> = {
    direct: { first: [], whole: [] },
    edge: { first: [], whole: [] },
  };
  for (let index = 0; index < samples + 100; index += 1) {
    for (const way of ['direct', 'edge'] as const) {
      const { first, whole } = await ask(way);
      if (index < 100) continue; // connections, caches, the compiler
      measured[way].first.push(first);
      measured[way].whole.push(whole);
    }
  }
  for (const what of ['first', 'whole'] as const) {
    const sorted = {
      direct: measured.direct[what].sort((a, b) => a - b),
      edge: measured.edge[what].sort((a, b) => a - b),
    };
    for (const share of [0.5, 0.99]) {
      const [direct, edge] = [percentile(sorted.direct, share), percentile(sorted.edge, share)];
      const name = `${what === 'first' ? 'first event' : 'whole answer'} p${share * 100}`;
      print(name, `${direct.toFixed(2)} ms`, `${edge.toFixed(2)} ms`, `+${(edge - direct).toFixed(2)} ms`);
    }
  }
}

async function throughput(seconds: number, clients: number, workMs: number): Promise<void> {
  const done: Record<Way, number> = { direct: 0, edge: 0 };
  for (let turn = 0; turn < seconds * 2; turn += 1) {
    const way = turn % 2 ? 'edge' : 'direct';
    const until = performance.now() + 1000;
    const client = async () => {
      while (performance.now() < until) {
        await ask(way, workMs);
        done[way] += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }
  const each = (way: Way) => `${Math.round(done[way] / seconds)}/s`;
  print(`${clients} clients, ${workMs} ms`, each('direct'), each('edge'), `× ${(done.edge / done.direct).toFixed(2)}`);
}

const print = (...cells: string[]) =>
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(22) : cell.padStart(12))).join(''));

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const open = await new Promise((resolve) => {
      const socket = createConnection(port, HOST, () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on ${port}`);
}

async function main(): Promise<void> {
  const work = { report: () => {} };
  const cache = cacheDirectory();
  const envoy = await prepareEnvoy(cache, await preparePythonEnvironment(cache, work), work);
  const directory = mkdtempSync(join(tmpdir(), 'bench-edge-'));
  const file = join(directory, 'envoy.json');
  const litellm = Array.from({ length: replicas }, (_, index) => ({ host: HOST, port: UPSTREAM_PORT + index }));
  const listen = { host: HOST, port: EDGE_PORT };
  writeFileSync(file, edgeConfiguration({ listen, litellm, requestTimeoutSeconds: 900, classes: bodyClasses(4096) }));
  const upstream = (port: number) =>
    spawn(process.execPath, ['--import', 'tsx', __filename, '--upstream', String(port)], { stdio: 'inherit' });
  const processes: ChildProcess[] = [
    ...litellm.map(({ port }) => upstream(port)),
    spawn(envoy, ['-c', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'error'], {
      stdio: 'inherit',
    }),
  ];
  try {
    await Promise.all([...litellm.map(({ port }) => port), EDGE_PORT].map(listening));
    await sleep(2000); // the first health checks, with replicas
    print('', 'without', 'with edge', '');
    await latency(Number(values.samples));
    for (const workMs of [0, WORK_MS]) await throughput(Number(values.seconds), Number(values.clients), workMs);
  } finally {
    for (const child of processes) child.kill();
    for (const agent of Object.values(agents)) agent.destroy();
    rmSync(directory, { recursive: true });
  }
}

if (values.upstream) serveAsLiteLLM(Number(values.upstream));
else void main();
