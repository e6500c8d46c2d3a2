/**
 * A stand-in for Anthropic's Messages API on 127.0.0.1, for tests of gateways and of coding agents.
 *
 * It follows one script: asked for "hello.txt" by a client that offers tools, it lets the client write that file
 * (a tool_use turn); told to "call the tool <name>" of those offered, it calls that one; shown the tool's result, it says
 * so in plain text; asked anything else, it says hello.
 * Every request is recorded, so that a test can see what arrived behind the gateway.
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { billed } from './bill';
import type { Answer, Body, Message } from './messages';
import { PromptCache } from './prompt-cache';
import { answerTo, type Fault, type Options } from './script';
import { type Told, toldUsage } from './usage';

export type { Options } from './script';

export interface Recorded {
  at: string;
  path: string;
  headers: IncomingHttpHeaders;
  summary: Record<string, unknown>;
  body: Body;
  /** What the answer was: an HTTP status, and for 200 the stop_reason. */
  answer: string;
  /** What the answer said that it took. */
  usage?: Record<string, unknown> | undefined;
}

/** One answer that the provider bills, in US dollars. */
export interface BillLine {
  readonly id: string | undefined;
  readonly model: string;
  readonly usd: number;
}

export async function startScriptedAnthropic(options: Options = {}) {
  const requests: Recorded[] = [];
  const bill: BillLine[] = [];
  const attempts = new Map<string, number>();
  const cache = new PromptCache();

  const server = createServer(async (request, response) => {
    const { pathname: path } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (path === '/requests') return control(request, response, requests);
    const body = await readJson(request);
    const told = toldUsage(body);
    const failure = told?.id === undefined ? undefined : told.failing?.[nextAttempt(attempts, told.id)];
    const {
      status,
      message,
      headers = {},
    }: Answer = failure ? failed(failure) : answerTo(path, request.headers, body, options);
    if (status === 200 && options.caches && message.usage) Object.assign(message.usage, cache.usage(body));
    const answer = status === 200 ? `200 ${message.stop_reason ?? ''}`.trim() : `${status} ${message.error?.message}`;
    const entry: Recorded = {
      at: new Date().toISOString(),
      path,
      headers: request.headers,
      summary: summarise(body),
      body,
      answer,
      usage: message.usage,
    };
    requests.push(entry);
    if (options.logFile) appendFileSync(options.logFile, `${JSON.stringify({ ...entry, body: undefined })}\n`);

    const broken = Boolean(told?.breaks && body.stream);
    // What is told at the end only is not told at all.
    if (broken) message.usage = { ...message.usage, output_tokens: 1, server_tool_use: undefined };
    if (status === 200 && message.usage && options.bills)
      bill.push({ id: told?.id, model: body.model ?? '', usd: billed(body.model ?? '', message.usage) });
    const fault = options.faultFor?.(JSON.stringify(body)) ?? {};
    if (fault.startAfterMs) await sleep(fault.startAfterMs);
    if (fault.cutAfter === 0) return request.socket.destroy();
    for (const [name, value] of Object.entries({ ...options.headers, ...headers })) response.setHeader(name, value);
    if (status === 200 && body.stream) await stream(response, message, told, fault);
    else sendJson(response, status, message);
  });

  await new Promise<void>((ready) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, requests, bill, options, stop };
}

const nextAttempt = (attempts: Map<string, number>, id: string): number => {
  const attempt = attempts.get(id) ?? 0;
  attempts.set(id, attempt + 1);
  return attempt;
};

const FAILURES: Record<number, string> = { 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' };
const failed = (status: number): Answer => ({
  status,
  message: { type: 'error', error: { type: FAILURES[status] ?? 'api_error', message: `the script answers ${status}` } },
});

/** Lets a test in another process read (GET) and forget (DELETE) what was recorded. */
function control(request: IncomingMessage, response: ServerResponse, requests: Recorded[]) {
  sendJson(response, 200, request.method === 'DELETE' ? requests.splice(0) : requests);
}

function summarise(body: Body) {
  const marked = (value: unknown) => JSON.stringify(value ?? null).split('"cache_control"').length - 1;
  const { model, max_tokens, temperature, top_p, top_k, stream, tool_choice, thinking, output_config, metadata } = body;
  return {
    model,
    max_tokens,
    temperature,
    top_p,
    top_k,
    stream,
    tool_choice,
    thinking,
    output_config,
    metadata,
    tools: body.tools?.map((tool) => tool.name),
    messages: body.messages?.map((message) => message.role).join(','),
    cache_control: { system: marked(body.system), tools: marked(body.tools), messages: marked(body.messages) },
  };
}

/** Anthropic's event format: message_start, the blocks in small pieces, message_delta, message_stop. */
async function stream(response: ServerResponse, message: Message, told: Told | undefined, fault: Fault) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  let sent = 0;
  const send = (type: string, data: object) => {
    sent += 1;
    if (fault.cutAfter === undefined || sent <= fault.cutAfter)
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };

  const { output_tokens, ...inputUsage } = message.usage ?? {};
  const { speed, inference_geo, service_tier, server_tool_use, ...counts } = inputUsage;
  const nothing = { input_tokens: 0, output_tokens: 0 };
  const atStart = { cumulative: { ...counts, output_tokens: 1 }, start: message.usage, end: nothing };
  const atEnd = { cumulative: message.usage, start: { output_tokens }, end: message.usage };
  const usage = atStart[told?.streamed ?? 'cumulative'];
  send('message_start', { message: { ...message, content: [], stop_reason: null, usage } });
  if (fault.silentMs) await sleep(fault.silentMs);
  for (const [index, block] of (message.content ?? []).entries()) {
    const isTool = block.type === 'tool_use';
    send('content_block_start', {
      index,
      content_block: isTool ? { ...block, input: {} } : { type: 'text', text: '' },
    });
    for (const piece of (isTool ? JSON.stringify(block.input) : String(block.text)).match(/[\s\S]{1,12}/g) ?? []) {
      const delta = isTool ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece };
      send('content_block_delta', { index, delta });
      if (told?.pauseMs) await new Promise((resume) => setTimeout(resume, told.pauseMs));
    }
    if (told?.breaks) {
      send('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
      response.end();
      return;
    }
    if (fault.errorEvent) {
      send('error', { error: fault.errorEvent });
      return response.end();
    }
    send('content_block_stop', { index });
  }
  send('message_delta', {
    delta: { stop_reason: message.stop_reason, stop_sequence: null },
    usage: atEnd[told?.streamed ?? 'cumulative'],
  });
  send('message_stop', {});
  if (sent <= (fault.cutAfter ?? sent)) return response.end();
  // What was written has left by then.
  await sleep(300);
  return response.destroy();
}

function sendJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_scripted' });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch {
    return {};
  }
}
