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

export interface Options {
  port?: number | undefined;
  /** Where to listen; a container wants 0.0.0.0. @default 127.0.0.1 */
  host?: string | undefined;
  /** Models that are no longer served: 404 not_found_error. */
  retired?: RegExp | undefined;
  /** Models that, like the newest ones, refuse sampling parameters and a forced tool choice: 400. */
  strict?: RegExp | undefined;
  /** Models that never call a tool, and answer in words instead. */
  wordy?: RegExp | undefined;
  /** The only `x-api-key` it accepts. @default - any */
  apiKey?: string | undefined;
  /** What it answers to everything it would otherwise do, such as while it is overloaded. */
  trouble?: Trouble | undefined;
  /** The same for single requests: what it answers to one with this body, if not what it otherwise would. */
  troubleWith?: (body: string) => Trouble | undefined;
  /** Which kind of tool to call where the client offers both. */
  prefer?: 'write' | 'shell' | undefined;
  /** Appends each request as one line of JSON, without the bodies. */
  logFile?: string | undefined;
}

export interface Trouble {
  status: number;
  type: string;
  message: string;
}

export interface Recorded {
  at: string;
  path: string;
  headers: IncomingHttpHeaders;
  summary: Record<string, unknown>;
  body: Body;
  /** What the answer was: an HTTP status, and for 200 the stop_reason. */
  answer: string;
}

type Schema = { properties?: Record<string, { type?: string; enum?: unknown[] }>; required?: string[] };
type Tool = { name: string; input_schema?: Schema };
type Block = { type: string; [field: string]: unknown };
/** A message, or the error it was refused with. */
interface Message {
  content?: Block[];
  stop_reason?: string;
  usage?: Record<string, number>;
  error?: { type: string; message: string };
  [field: string]: unknown;
}
type Answer = { status: number; message: Message };
interface Body {
  model?: string;
  max_tokens?: number;
  stream?: boolean;
  system?: unknown;
  messages?: { role: string; content: string | Block[] }[];
  tools?: Tool[];
  tool_choice?: { type: string };
  [field: string]: unknown;
}

const CACHED_TOKENS = 2000;
const FILE = 'hello.txt';
/** What aider, which uses no tools, takes for the same edit. */
const TEXT_EDIT = `${FILE}\n\`\`\`\n<<<<<<< SEARCH\n=======\nhello\n>>>>>>> REPLACE\n\`\`\`\n`;

export async function startScriptedAnthropic(options: Options = {}) {
  const requests: Recorded[] = [];

  const server = createServer(async (request, response) => {
    const { pathname: path } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (path === '/requests') return control(request, response, requests);
    const body = await readJson(request);
    const { status, message } = answerTo(path, request.headers, body, options);
    const answer = status === 200 ? `200 ${message.stop_reason ?? ''}`.trim() : `${status} ${message.error?.message}`;
    const entry: Recorded = {
      at: new Date().toISOString(),
      path,
      headers: request.headers,
      summary: summarise(body),
      body,
      answer,
    };
    requests.push(entry);
    if (options.logFile) appendFileSync(options.logFile, `${JSON.stringify({ ...entry, body: undefined })}\n`);

    if (status === 200 && body.stream) stream(response, message);
    else sendJson(response, status, message);
  });

  await new Promise<void>((ready) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, requests, stop };
}

/** Lets a test in another process read (GET) and forget (DELETE) what was recorded. */
function control(request: IncomingMessage, response: ServerResponse, requests: Recorded[]) {
  sendJson(response, 200, request.method === 'DELETE' ? requests.splice(0) : requests);
}

function answerTo(path: string, headers: IncomingHttpHeaders, body: Body, options: Options): Answer {
  const { model = '' } = body;
  const refuse = (status: number, type: string, message: string): Answer => ({
    status,
    message: { type: 'error', error: { type, message } },
  });

  if (!headers['x-api-key']) return refuse(401, 'authentication_error', 'x-api-key header is required');
  if (options.apiKey !== undefined && headers['x-api-key'] !== options.apiKey)
    return refuse(401, 'authentication_error', 'invalid x-api-key');
  if (!path.startsWith('/v1/messages')) return refuse(404, 'not_found_error', `no such path: ${path}`);
  const trouble = options.trouble ?? options.troubleWith?.(JSON.stringify(body));
  if (trouble) return refuse(trouble.status, trouble.type, trouble.message);
  if (options.retired?.test(model)) return refuse(404, 'not_found_error', `model: ${model}`);
  if (path === '/v1/messages/count_tokens') return { status: 200, message: { input_tokens: 100 } };
  if (!body.max_tokens) return refuse(400, 'invalid_request_error', 'max_tokens: Field required');
  if (options.strict?.test(model)) {
    const sampling = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined && body[name] !== 1);
    if (sampling) return refuse(400, 'invalid_request_error', `${sampling} is not supported by this model`);
    if (['any', 'tool'].includes(body.tool_choice?.type ?? '')) {
      return refuse(400, 'invalid_request_error', 'tool_choice: forced tool use is not supported by this model');
    }
  }

  const call = options.wordy?.test(model) ? undefined : toolCallFor(body, options.prefer ?? 'write');
  const result = toolResult(body);
  const outcome = result?.is_error ? `Failed: ${JSON.stringify(result.content)}` : `Done: ${FILE} is written.`;
  const text = result ? outcome : asksForTextEdit(body) ? TEXT_EDIT : `hello from ${model}`;
  return {
    status: 200,
    message: {
      id: `msg_${Math.random().toString(36).slice(2)}`,
      type: 'message',
      role: 'assistant',
      model,
      content: call ? [{ type: 'text', text: `Writing ${FILE}.` }, call] : [{ type: 'text', text }],
      stop_reason: call ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage: usage(body),
    },
  };
}

/** With cache markers, the first turn reports a cache write, and the turn with the tool's result a cache read. */
function usage(body: Body) {
  const cached = JSON.stringify(body).includes('"cache_control"') ? CACHED_TOKENS : 0;
  const later = Boolean(toolResult(body));
  return {
    input_tokens: 100,
    output_tokens: 20,
    cache_creation_input_tokens: later ? 0 : cached,
    cache_read_input_tokens: later ? cached : 0,
  };
}

const lastMessage = (body: Body): Block[] => {
  const content = body.messages?.filter((message) => message.role === 'user').at(-1)?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
};

const toolResult = (body: Body) => lastMessage(body).find((block) => block.type === 'tool_result');

const asksForFile = (body: Body) => lastMessage(body).some((block) => String(block.text ?? '').includes(FILE));

const asksForTextEdit = (body: Body) =>
  !body.tools && asksForFile(body) && JSON.stringify(body).includes('SEARCH/REPLACE');

/** The tool that the last message tells to call by its name. */
function namedTool(body: Body): Tool | undefined {
  const texts = lastMessage(body).map((block) => String(block.text ?? ''));
  const name = /call the tool (\w+)/i.exec(texts.join('\n'))?.[1];
  return name === undefined ? undefined : body.tools?.find((tool) => tool.name === name);
}

function toolCallFor(body: Body, prefer: 'write' | 'shell'): Block | undefined {
  const named = namedTool(body);
  if (!(named || asksForFile(body)) || toolResult(body)) return undefined;
  const find = (pattern: RegExp) => body.tools?.find((tool) => pattern.test(tool.name));
  const write = find(/^(write|write_file|write_to_file|create_file)$/i);
  const shell = find(/bash|shell|exec_command|execute_command/i);
  const tool = named ?? (prefer === 'write' ? (write ?? shell) : (shell ?? write));
  if (!tool) return undefined;
  const id = `toolu_${Math.random().toString(36).slice(2)}`;
  return { type: 'tool_use', id, name: tool.name, input: inputFor(tool, body) };
}

/** Fills what the tool's schema requires, and what any tool for files or commands needs. */
function inputFor(tool: Tool, body: Body): Record<string, unknown> {
  const { properties = {}, required = [] } = tool.input_schema ?? {};
  const command = `printf hello > ${FILE}`;
  const input: Record<string, unknown> = {};
  for (const [name, { type, enum: choices }] of Object.entries(properties)) {
    if (/path|^file$/i.test(name)) input[name] = `${workingDirectory(body)}${FILE}`;
    else if (/^(content|contents|text|file_text)$/i.test(name)) input[name] = 'hello';
    else if (/^(command|cmd)$/i.test(name)) input[name] = type === 'array' ? ['bash', '-lc', command] : command;
    else if (!required.includes(name)) continue;
    else if (choices) input[name] = choices[0];
    else if (type === 'number' || type === 'integer') input[name] = 1;
    else input[name] = type === 'boolean' ? false : type === 'array' ? [] : type === 'object' ? {} : `write ${FILE}`;
  }
  return input;
}

/** Agents name their directory in the prompt; some of their tools accept absolute paths only. */
function workingDirectory(body: Body): string {
  const prompt = JSON.stringify([body.system, body.messages]);
  const found = /(?:working directory|cwd)(?: is)?[:>]? *(\/[^\s"\\<>'`]+)/i.exec(prompt)?.[1];
  return found ? `${found.replace(/[/.,]+$/, '')}/` : '';
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
function stream(response: ServerResponse, message: Message) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);

  const { output_tokens, ...inputUsage } = message.usage ?? {};
  const usage = { ...inputUsage, output_tokens: 1 };
  send('message_start', { message: { ...message, content: [], stop_reason: null, usage } });
  for (const [index, block] of (message.content ?? []).entries()) {
    const isTool = block.type === 'tool_use';
    send('content_block_start', {
      index,
      content_block: isTool ? { ...block, input: {} } : { type: 'text', text: '' },
    });
    for (const piece of (isTool ? JSON.stringify(block.input) : String(block.text)).match(/[\s\S]{1,12}/g) ?? []) {
      const delta = isTool ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece };
      send('content_block_delta', { index, delta });
    }
    send('content_block_stop', { index });
  }
  send('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: message.usage });
  send('message_stop', {});
  response.end();
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
