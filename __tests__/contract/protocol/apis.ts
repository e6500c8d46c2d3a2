import { type Reply, send } from '../support/requests';

/** One way to ask a model. */
export interface Api {
  readonly name: string;
  readonly path: string;
  readonly envelope: 'anthropic' | 'openai';
  readonly body: (text: string) => Record<string, unknown>;
}

export const MODEL = 'claude-haiku-4-5';
export const BEDROCK_MODEL = 'bedrock-claude-haiku';

const messages = (content: string) => ({ model: MODEL, max_tokens: 50, messages: [{ role: 'user', content }] });
const responses = (input: string) => ({ model: MODEL, max_output_tokens: 50, input });

const api = (path: string, envelope: Api['envelope'], body: Api['body']): Api[] => [
  { name: path, path, envelope, body },
  { name: `${path}, streamed`, path, envelope, body: (text) => ({ ...body(text), stream: true }) },
];

/** Every route that answers with a model's words, streamed and not. */
export const APIS: readonly Api[] = [
  ...api('/v1/messages', 'anthropic', messages),
  ...api('/v1/chat/completions', 'openai', messages),
  ...api('/v1/responses', 'openai', responses),
];

export const [MESSAGES, MESSAGES_STREAMED, CHAT] = APIS as readonly [Api, Api, Api];

/** Each API as a row of a table of tests. */
export const EACH_API = APIS.map((each) => [each.name, each] as const);

export const ask = (url: string, key: string | undefined, { path, body }: Api, text = 'Hello', extra: object = {}) =>
  send('POST', `${url}${path}`, key, { ...body(text), ...extra });

/** What no answer to anybody may hold: hashes, table names, LiteLLM's and Python's own words, accounts, addresses. */
const INTERNAL =
  /[0-9a-f]{64}|LiteLLM_|litellm\.|Traceback|site-packages|AnthropicException|BedrockException|Model Group|arn:aws|\b\d{12}\b|sk-ant|org-1a2b|127\.0\.0\.1/;

/** An error in exactly the envelope of its API, without anything internal. */
export function errorIn({ envelope }: Pick<Api, 'envelope'>, reply: Reply) {
  const { status, body, headers } = reply;
  expect(JSON.stringify(body)).not.toMatch(INTERNAL);
  expect(headers.get('content-type')).toBe('application/json');
  const { type, message } = body.error ?? {};
  expect(body).toEqual(
    envelope === 'anthropic'
      ? { type: 'error', error: { type: expect.any(String), message: expect.any(String) } }
      : { error: { type: expect.any(String), message: expect.any(String), param: null, code: expect.any(String) } },
  );
  return { status, type, message: message as string };
}

const PREFIX = 'anthropic-ratelimit-unified-';

/** The usage headers of an answer, by the rest of their names. */
export const usageOf = ({ headers }: Reply): Record<string, string> =>
  Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith(PREFIX)).map(([name, value]) => [name.slice(PREFIX.length), value]),
  );

/** The events of a streamed answer, in order: `event` where it has a name, and its parsed data. */
export const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block.trim())
    .map((block) => {
      // Not `$` of a pattern, which is before U+2028 too.
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.slice(name.length);
      const data = field('data: ');
      return {
        event: field('event: ') ?? '',
        data: data?.startsWith('{') ? JSON.parse(data) : data,
        comment: block.startsWith(':'),
      };
    });
