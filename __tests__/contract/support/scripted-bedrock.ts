/**
 * A stand-in for Bedrock's runtime on 127.0.0.1: Converse and InvokeModel, each with and without a stream. What a request is
 * told to report is read as in `scripted-anthropic/`, and it keeps a bill of its own from the same published price sheet.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { billed } from './scripted-anthropic/bill';
import type { Body } from './scripted-anthropic/messages';
import { toldUsage } from './scripted-anthropic/usage';

type Usage = Record<string, unknown>;

export async function startScriptedBedrock() {
  const bill: { id: string | undefined; model: string; usd: number }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Body;
    const [, model = '', action = ''] = /\/model\/([^/]+)\/(.+)$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const told = toldUsage(body);
    const usage: Usage = told?.usage ?? { input_tokens: 100, output_tokens: 20 };
    bill.push({ id: told?.id, model, usd: billed(model, usage) });
    const answers: Record<string, () => void> = {
      converse: () => sendJson(response, { ...CONVERSE, usage: inConverseWords(usage) }),
      'converse-stream': () => sendEvents(response, converseEvents(usage)),
      invoke: () => sendJson(response, { ...message(), usage }),
      'invoke-with-response-stream': () => sendEvents(response, invokeEvents(usage)),
    };
    const answer = answers[action];
    if (answer) answer();
    else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bill,
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const CONVERSE = {
  output: { message: { role: 'assistant', content: [{ text: 'hello' }] } },
  stopReason: 'end_turn',
  metrics: { latencyMs: 1 },
};
/** LiteLLM's ledger has one row for each id. */
const message = () => ({
  ...{
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model: 'claude',
    stop_reason: 'end_turn',
    stop_sequence: null,
  },
  content: [{ type: 'text', text: 'hello' }],
});

function inConverseWords(usage: Usage) {
  const count = (name: string) => Number(usage[name] ?? 0);
  const parts = (usage['cache_creation'] ?? {}) as Record<string, number>;
  const write = count('cache_creation_input_tokens');
  const [input, output, read] = [count('input_tokens'), count('output_tokens'), count('cache_read_input_tokens')];
  return {
    ...{ inputTokens: input, outputTokens: output, totalTokens: input + output + read + write },
    ...{ cacheReadInputTokens: read, cacheWriteInputTokens: write },
    cacheDetails: [
      { ttl: '5m', inputTokens: parts['ephemeral_5m_input_tokens'] ?? 0 },
      { ttl: '1h', inputTokens: parts['ephemeral_1h_input_tokens'] ?? 0 },
    ].filter(({ inputTokens }) => inputTokens > 0),
  };
}

const converseEvents = (usage: Usage): [string, object][] => [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'hello' } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { usage: inConverseWords(usage), metrics: { latencyMs: 1 } }],
];

const invokeEvents = (usage: Usage): [string, object][] =>
  [
    {
      type: 'message_start',
      message: { ...message(), content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hello' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ].map((event) => ['chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') }]);

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendEvents(response: ServerResponse, events: readonly [string, object][]): void {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  for (const [type, payload] of events) response.write(frame(type, payload));
  response.end();
}

/** One message of AWS's event stream: lengths, their checksum, headers, payload, the checksum of all. */
function frame(type: string, payload: object): Buffer {
  const headers = Buffer.concat(
    [
      [':event-type', type],
      [':content-type', 'application/json'],
      [':message-type', 'event'],
    ].map(([name = '', value = '']) =>
      Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7, value.length >> 8, value.length & 255]),
        Buffer.from(value),
      ]),
    ),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(16 + headers.length + body.length, 0);
  lengths.writeUInt32BE(headers.length, 4);
  const start = Buffer.concat([lengths, checksum(lengths), headers, body]);
  return Buffer.concat([start, checksum(start)]);
}

function checksum(bytes: Buffer): Buffer {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const result = Buffer.alloc(4);
  result.writeUInt32BE(~crc >>> 0);
  return result;
}
