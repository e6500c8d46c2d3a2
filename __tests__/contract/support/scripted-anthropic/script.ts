import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, Block, Body, Tool } from './messages';
import { toldUsage } from './usage';

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
  errorReply?: ErrorReply | undefined;
  /** The same for single requests: what it answers to one with this body, if not what it otherwise would. */
  errorReplyTo?: (body: string) => ErrorReply | undefined;
  /** Whether usage tells what a prompt cache would have read and written, as Anthropic's does by the marks; it says hello without the model's name, which differs before and behind a gateway. @default false */
  caches?: boolean | undefined;
  /** Whether it keeps a bill of its own; it knows the prices of the Claude models of November 2026. @default false */
  bills?: boolean | undefined;
  /** What goes wrong with the answer to a request with this body. */
  faultFor?: (body: string) => Fault | undefined;
  /** Headers of every answer, such as the provider's own limits. */
  headers?: Record<string, string> | undefined;
  /** Which kind of tool to call where the client offers both. */
  prefer?: 'write' | 'shell' | undefined;
  /** Appends each request as one line of JSON, without the bodies. */
  logFile?: string | undefined;
}

export interface ErrorReply {
  status: number;
  type: string;
  message: string;
  /** Added to those of the answer, such as `retry-after`. */
  headers?: Record<string, string> | undefined;
}

/** What goes wrong with an answer that is no error from the start. */
export interface Fault {
  /** Silence before the head of the answer, in milliseconds. */
  startAfterMs?: number | undefined;
  /** Silence after the first event of a stream, in milliseconds. */
  silentMs?: number | undefined;
  /** The connection is cut after so many events of a stream; 0: instead of an answer. */
  cutAfter?: number | undefined;
  /** The stream ends with this event after its first piece of text. */
  errorEvent?: { type: string; message: string } | undefined;
}

const CACHED_TOKENS = 2000;
const FILE = 'hello.txt';
/** What aider, which uses no tools, takes for the same edit. */
const TEXT_EDIT = `${FILE}\n\`\`\`\n<<<<<<< SEARCH\n=======\nhello\n>>>>>>> REPLACE\n\`\`\`\n`;

/** What the script answers to one request. */
export function answerTo(path: string, headers: IncomingHttpHeaders, body: Body, options: Options): Answer {
  const { model = '' } = body;
  const refuse = (status: number, type: string, message: string): Answer => ({
    status,
    message: { type: 'error', error: { type, message } },
  });

  const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
  if (!key) return refuse(401, 'authentication_error', 'x-api-key header is required');
  if (options.apiKey !== undefined && key !== options.apiKey)
    return refuse(401, 'authentication_error', 'invalid x-api-key');
  if (!path.startsWith('/v1/messages')) return refuse(404, 'not_found_error', `no such path: ${path}`);
  const error = options.errorReply ?? options.errorReplyTo?.(JSON.stringify(body));
  if (error) return { ...refuse(error.status, error.type, error.message), headers: error.headers };
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
  const repeated = /^repeat: (.*)$/su.exec(String(lastMessage(body).at(-1)?.text ?? ''))?.[1];
  const greeting = `hello from ${options.caches ? 'the script' : model}`;
  const text = repeated ?? (result ? outcome : asksForTextEdit(body) ? TEXT_EDIT : greeting);
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
      usage: toldUsage(body)?.usage ?? usage(body),
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
  const write = find(/^(write|write_file|write_to_file|create_file|create|editor)$/i);
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
    else if (/^(content|contents|text|new_text|file_text)$/i.test(name)) input[name] = 'hello';
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
