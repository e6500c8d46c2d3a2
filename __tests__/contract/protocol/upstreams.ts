import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorReply, Fault } from '../support/scripted-anthropic/script';
import { startScriptedAnthropic } from '../support/scripted-anthropic/scripted-anthropic';

/** What a question asks the stand-in for Anthropic to do instead of answering: `fault: <name>` in its text. */
export const ERRORS = {
  long: { status: 400, type: 'invalid_request_error', message: 'prompt is too long: 212000 tokens > 200000 maximum' },
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  limited: {
    status: 429,
    type: 'rate_limit_error',
    message: 'This request would exceed the rate limit of organization org-1a2b3c4d5e6f of 50 requests a minute',
    headers: { 'retry-after': '37' },
  },
  internal: {
    status: 500,
    type: 'api_error',
    message:
      'failed for arn:aws:iam::123456789012:role/gateway with sk-ant-api03-secret\nTraceback (most recent call last):',
  },
  busy: { status: 503, type: 'api_error', message: 'busy', headers: { 'retry-after': '55' } },
  unauthorized: { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  forbidden: {
    status: 403,
    type: 'permission_error',
    message: 'User arn:aws:sts::123456789012:assumed-role/x is not authorized',
  },
  missing: { status: 404, type: 'not_found_error', message: 'file_abc123 not found' },
  large: { status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' },
  account: {
    status: 400,
    type: 'invalid_request_error',
    message:
      'account 123456789012 may not use arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
  },
} as const satisfies Record<string, ErrorReply>;

const FAULTS: Record<string, Fault> = {
  cut: { cutAfter: 4 },
  'cut-at-once': { cutAfter: 0 },
  silent: { silentMs: 18_000 },
  'late-start': { startAfterMs: 18_000 },
  slow: { startAfterMs: 4000 },
  'error-event': { errorEvent: { type: 'overloaded_error', message: 'Overloaded for org-1a2b3c4d5e6f' } },
};

const named = (body: string) => /fault: ([\w-]+)/.exec(body)?.[1] ?? '';

/** Anthropic's API, with faults on request and, on every answer, limits of the operator's own account. */
export const startFaultyAnthropic = () =>
  startScriptedAnthropic({
    wordy: /./,
    errorReplyTo: (body) => (ERRORS as Record<string, ErrorReply>)[named(body)],
    faultFor: (body) => FAULTS[named(body)],
    headers: { 'anthropic-ratelimit-unified-status': 'rejected', 'anthropic-ratelimit-requests-remaining': '7' },
  });

/** Bedrock's InvokeModel as a stand-in: strict about fields it does not know, and without CountTokens. */
export async function startStrictBedrock() {
  const requests: { path: string; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = JSON.parse(text || '{}') as Record<string, unknown>;
    const path = decodeURIComponent(request.url ?? '');
    requests.push({ path, body });
    const answer = (status: number, content: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    if (path.endsWith('/converse') && text.includes('fault: long'))
      return answer(400, { message: 'Input is too long.' });
    if (!path.endsWith('/invoke')) return answer(404, { message: `no operation at ${path}` });
    if (body['tags']) return answer(400, { message: 'tags: Extra inputs are not permitted' });
    if (text.includes('fault: long')) return answer(400, { message: 'Input is too long.' });
    return answer(200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'hello from Bedrock' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 20 },
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
