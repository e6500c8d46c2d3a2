import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../runtime/processes/ports';
import { bodyClasses, LARGEST_BODY, UNKNOWN_KEY_BODY } from '../../../workloads/body-limits';
import { answeredInPieces, Recorder, send, statusOf } from '../../programs/workspace/door-testbed';
import { eventually } from '../support/requests';
import { Client, HOST, type RunningEdge, startEdge } from './testbed';

/** The real Envoy with the deployed configuration, in front of a service that notes what reaches it, byte for byte. */

const KNOWN = { authorization: 'Bearer sk-known' };
const UNKNOWN = { authorization: 'Bearer sk-invalid' };
const MB = 1024 ** 2;

let litellm: Recorder;
let edge: RunningEdge;
let finish: (() => void)[];

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  litellm = new Recorder('litellm', port);
  await litellm.listen();
  edge = await startEdge(port, bodyClasses(4096));
}, 900_000);
afterAll(async () => {
  await edge?.stop();
  await litellm?.close();
});
beforeEach(() => {
  litellm.received.length = 0;
  finish = [];
  litellm.answer = usual;
});

/** Knows one key, and answers everything else with its name. */
const usual = (socket: import('node:net').Socket) => {
  const request = litellm.received.at(-1) ?? '';
  const refused = request.startsWith('GET /v1/models') && !request.includes('sk-known');
  socket.write(`HTTP/1.1 ${refused ? 401 : 200} OK\r\nContent-Length: 7\r\n\r\nlitellm`);
};
/** Like {@link usual}, but completions are answered when the test says so. */
const slow = (socket: import('node:net').Socket) => {
  if (litellm.received.at(-1)?.startsWith('POST')) finish.push(() => usual(socket));
  else usual(socket);
};
const heads = () => litellm.received.map((request) => request.slice(0, request.indexOf('\r\n\r\n')).toLowerCase());
const call = (line: string, headers = '') =>
  send(edge.port, `${line} HTTP/1.1\r\nHost: gateway:4000\r\n${headers}Connection: close\r\n\r\n`);

function upload(path: string, headers: Record<string, string | number>): Client {
  const client = new Client(edge.port);
  client.head('POST', path, headers);
  return client;
}

/** Opens one upload after the other until one is answered: until then, those before it may still be on their way to the edge. */
async function untilAnswered(headers: Record<string, string | number>): Promise<{ answer: string; opened: Client[] }> {
  const opened: Client[] = [];
  await sleep(500);
  for (;;) {
    const client = upload('/v1/messages', headers);
    opened.push(client);
    const answer = await Promise.race([client.answered(), sleep(1000, '')]);
    if (answer) return { answer, opened };
  }
}

describe.each([
  ['/v1/messages', { type: 'error', error: { type: expect.any(String), message: expect.any(String) } }],
  [
    '/v1/chat/completions',
    { error: { type: expect.any(String), message: expect.any(String), code: expect.any(String) } },
  ],
])('%s', (path, envelope) => {
  const refusal = async (headers: Record<string, string | number>) => {
    const client = upload(path, headers);
    const answer = await client.answered();
    client.close();
    expect(JSON.parse(answer.slice(answer.indexOf('{')).trim())).toMatchObject(envelope);
    return statusOf(answer);
  };

  test('a body that is too large is refused by its length, and none of it is read', async () => {
    expect(await refusal({ ...KNOWN, 'content-length': LARGEST_BODY + 1 })).toBe(413);
    expect(await refusal({ ...KNOWN, 'content-length': 500_000_000 })).toBe(413);
    expect(litellm.received).toEqual([]);
  });

  test('a chunked body is refused, and none of it is read', async () => {
    expect(await refusal({ ...KNOWN, 'transfer-encoding': 'chunked' })).toBe(411);
    expect(litellm.received).toEqual([]);
  });

  test('a compressed body is refused', async () => {
    expect(await refusal({ ...KNOWN, 'content-length': 10, 'content-encoding': 'gzip' })).toBe(415);
    expect(litellm.received).toEqual([]);
  });

  test('an unknown key is answered before its body is read', async () => {
    expect(await refusal({ ...UNKNOWN, 'content-length': LARGEST_BODY })).toBe(401);
    expect(await refusal({ 'content-length': UNKNOWN_KEY_BODY + 1 })).toBe(401);
    expect(litellm.targets.filter((target) => !target.startsWith('GET /v1/models '))).toEqual([]);
  });
});

test('a known key is asked about once for many large bodies, and not at all for small ones', async () => {
  const key = { authorization: 'Bearer sk-known-once' };
  for (const length of [10, UNKNOWN_KEY_BODY]) {
    const client = upload('/v1/messages', { ...key, 'content-length': length });
    client.send('x'.repeat(length));
    expect(statusOf(await client.answered())).toBe(200);
    client.close();
  }
  expect(litellm.targets).not.toContain('GET /v1/models HTTP/1.1');
  for (const length of [200_000, 300_000]) {
    const client = upload('/v1/messages', { ...key, 'content-length': length });
    client.send('x'.repeat(length));
    expect(statusOf(await client.answered())).toBe(200);
    client.close();
  }
  expect(litellm.targets.filter((target) => target.startsWith('GET'))).toHaveLength(1);
});

test.each([
  ['POST /v1/messages?beta=true&model=claude-opus-5-5', 'post /v1/messages?beta=true http/1.1'],
  ['POST /v1/messages?m%6fdel=claude-opus-5-5', 'post /v1/messages http/1.1'],
  ['POST /v1/chat/completions?beta=true&model=x', 'post /v1/chat/completions http/1.1'],
  ['POST /chat/completions?model=x', 'post /chat/completions http/1.1'],
  ['POST /engines/a/chat/completions?model=x', 'post /engines/a/chat/completions http/1.1'],
  ['POST /openai/deployments/a/chat/completions?api-version=1', 'post /openai/deployments/a/chat/completions http/1.1'],
  ['POST /openai/v1/responses?model=x', 'post /openai/v1/responses http/1.1'],
  ['POST /queue/chat/completions?model=x', 'post /queue/chat/completions http/1.1'],
  ['POST /key/../v1/messages?model=x', 'post /v1/messages http/1.1'],
  ['POST /key/%2e%2e/v1/messages?model=x', 'post /v1/messages http/1.1'],
  ['POST //v1/messages?model=x', 'post //v1/messages http/1.1'],
  ['GET /v1/models?limit=3&model=x&after_id=m', 'get /v1/models?limit=3&after_id=m http/1.1'],
])('%s reaches LiteLLM with known parameters only', async (line, expected) => {
  await call(line, 'Content-Length: 0\r\n');
  expect(heads().map((head) => head.split('\r\n')[0])).toEqual([expected]);
});

test('a slash in disguise is refused', async () => {
  expect(statusOf(await call('POST /key/..%2fv1/messages?model=x', 'Content-Length: 0\r\n'))).toBe(400);
  expect(statusOf(await call('POST /key/..%5cv1/messages?model=x', 'Content-Length: 0\r\n'))).toBe(400);
  expect(litellm.received).toEqual([]);
});

const STEERING = [
  ...[
    'X-Litellm-Tags',
    'X-Litellm-Timeout',
    'X-Litellm-Api-Key',
    'Litellm-Api-Key',
    'X-Pass-Anthropic-Beta',
    'Api-Key',
  ],
  ...[
    'X-Goog-Api-Key',
    'Helicone-Auth',
    'Langfuse_Trace_Id',
    'X-Forwarded-For',
    'Forwarded',
    'X-Real-IP',
    'X-Mcp-Auth',
  ],
  ...[
    'X-Envoy-Retry-On',
    'X-Envoy-Upstream-Alt-Stat-Name',
    'Cookie',
    'Cache-Control',
    'OpenAI-Organization',
    'Baggage',
  ],
  ...['X-Forwarded-Host', 'Authorization_', 'X-HTTP-Method-Override', 'X-Original-URL', 'Traceparent'],
];
test('no header that steers LiteLLM or lies about where a request comes from passes on a route of models', async () => {
  await call('POST /v1/messages', `${STEERING.map((name) => `${name}: steered\r\n`).join('')}Content-Length: 0\r\n`);
  expect(heads()).toEqual([expect.not.stringContaining('steered')]);
  expect(heads()[0]).toContain('host: litellm');
});

const NEEDED = {
  Authorization: 'Bearer sk-known',
  'X-Api-Key': 'sk-known',
  'Anthropic-Version': '2023-06-01',
  'Anthropic-Beta': 'context-management-2025-06-27',
  'User-Agent': 'claude-cli',
  'X-App': 'cli',
  'X-Stainless-Lang': 'js',
  'X-Claude-Code-Session-Id': 'a',
  'Content-Type': 'application/json',
  Accept: 'application/json',
};
test("what agents' protocols need passes", async () => {
  const lines = Object.entries(NEEDED).map(([name, value]) => `${name}: ${value}\r\n`);
  await call('POST /v1/messages', `${lines.join('')}Content-Length: 0\r\n`);
  for (const line of lines) expect(`${heads()[0]}\r\n`).toContain(line.toLowerCase());
});

test("LiteLLM's admin pages and API get their queries and headers as they are, but for Envoy's own", async () => {
  await call(
    'GET /key/list?page=1&size=10',
    'Cookie: token=a\r\nX-Envoy-Retry-On: 5xx\r\nX-Forwarded-Host: gateway.test\r\n',
  );
  expect(heads()[0]).toMatch(/^get \/key\/list\?page=1&size=10 /);
  expect(heads()[0]).toContain('cookie: token=a');
  expect(heads()[0]).toContain('x-forwarded-host: gateway.test');
  expect(heads()[0]).not.toContain('x-envoy');
});

test.each([
  ['two lengths', 'Content-Length: 0\r\nContent-Length: 5\r\n'],
  ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
  ['a disguised encoding', 'Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n'],
  ['a space before the colon', 'Content-Length: 0\r\nTransfer-Encoding : chunked\r\n'],
  ['a negative length', 'Content-Length: -1\r\n'],
  ['a folded header', 'Content-Length:\r\n 40\r\n'],
  ['an upgrade', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
  ['a header of 100 KB', `X-App: ${'x'.repeat(100_000)}\r\n`],
  ['a thousand headers', Array.from({ length: 1000 }, (_, index) => `X-Stainless-${index}: 1\r\n`).join('')],
])('a request with %s is refused', async (_, headers) => {
  const answer = await send(
    edge.port,
    `POST /v1/messages HTTP/1.1\r\nHost: a\r\n${headers}\r\n0\r\n\r\nGET /ui HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  expect([0, 400, 403, 411, 431, 501]).toContain(statusOf(answer));
  expect(litellm.targets.filter((target) => target.startsWith('GET'))).toEqual([]);
  expect(litellm.received).toEqual([]);
});

test('Envoy offers its administration to nobody', async () => {
  for (const path of ['/config_dump', '/stats', '/quitquitquit']) {
    await call(`GET ${path}`);
    expect(statusOf(await send(edge.healthPort, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`))).toBe(404);
  }
  expect(litellm.targets).toHaveLength(3);
  expect(statusOf(await send(edge.healthPort, 'GET /alive HTTP/1.1\r\nHost: a\r\n\r\n'))).toBe(200);
});

test('LiteLLM gets few large bodies at once; more wait, still more are told to come again, and small ones pass', async () => {
  litellm.answer = slow;
  const huge = bodyClasses(4096).find(({ name }) => name === 'huge')!;
  const clients = Array.from({ length: huge.atOnce + huge.waiting }, (_, index) =>
    upload('/v1/messages', { authorization: `Bearer sk-known-${index}`, 'content-length': 9 * MB }),
  );
  const reached = () => litellm.targets.filter((target) => target.startsWith('POST')).length;
  while (reached() < huge.atOnce) await new Promise((resolve) => setTimeout(resolve, 20));
  const { answer, opened } = await untilAnswered({ ...KNOWN, 'content-length': 9 * MB });
  expect(statusOf(answer)).toBe(429);
  expect(answer).toMatch(/retry-after: 5/i);
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ error: { type: 'rate_limit_error' } });
  expect(reached()).toBe(huge.atOnce);

  litellm.answer = usual;
  const small = await fetch(`http://${HOST}:${edge.port}/v1/messages`, { method: 'POST', headers: KNOWN, body: '{}' });
  expect(small.status).toBe(200);
  for (const client of [...clients, ...opened]) client.close();
});

test('a body that trickles in holds no place of LiteLLM, and nobody else waits for it', async () => {
  const trickling = Array.from({ length: 300 }, () => {
    const client = upload('/v1/messages', { ...KNOWN, 'content-length': 50_000 });
    client.send('x');
    return client;
  });
  for (let index = 0; index < 140; index += 1) {
    const key = { authorization: `Bearer sk-known-slow-${index % 7}` };
    const client = upload('/v1/messages', { ...key, 'content-length': 900_000 });
    client.send('x');
    trickling.push(client);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const whole = await fetch(`http://${HOST}:${edge.port}/v1/messages`, {
    method: 'POST',
    headers: KNOWN,
    body: 'x'.repeat(900_000),
  });
  expect(whole.status).toBe(200);
  expect(heads().filter((head) => head.includes('content-length: 50000'))).toEqual([]);
  expect(heads().filter((head) => head.includes('content-length: 900000'))).toHaveLength(1);
  for (const client of trickling) client.close();
});

test('one key has no more than 48 MB on their way, whatever others have', async () => {
  litellm.answer = slow;
  const greedy = { authorization: 'Bearer sk-known-greedy' };
  const clients = Array.from({ length: 6 }, () => upload('/v1/messages', { ...greedy, 'content-length': 8 * MB }));
  const { answer, opened } = await untilAnswered({ ...greedy, 'content-length': 8 * MB });
  expect(statusOf(answer)).toBe(429);
  litellm.answer = usual;
  const other = await fetch(`http://${HOST}:${edge.port}/v1/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-known-other' },
    body: 'x'.repeat(4 * MB),
  });
  expect(other.status).toBe(200);
  // What has arrived does not count any more.
  for (const client of clients) client.send('x'.repeat(8 * MB));
  await eventually(async () => expect(finish).toHaveLength(clients.length));
  for (const end of finish) end();
  for (const client of clients) expect(statusOf(await client.answered())).toBe(200);
  const again = upload('/v1/messages', { ...greedy, 'content-length': 30 * MB });
  again.send('x'.repeat(30 * MB));
  expect(statusOf(await again.answered())).toBe(200);
  for (const client of [...clients, ...opened, again]) client.close();
});

test('an answer streams through piece by piece', async () => {
  const pieces = await answeredInPieces(litellm, `http://${HOST}:${edge.port}/v1/messages`);
  expect(pieces).toEqual(['first', 'last']);
});

test('a stream may last for longer than the edge bears silence, which is counted from its last piece', async () => {
  // Two seconds of silence: the edge adds a minute to what LiteLLM may take.
  const impatient = await startEdge(litellm.port, bodyClasses(4096), 2 - 60);
  const streamed = async (pauses: readonly number[]) => {
    litellm.answer = async (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (const pause of pauses) {
        await sleep(pause);
        socket.write('5\r\npiece\r\n');
      }
      socket.write('0\r\n\r\n');
    };
    const answer = await fetch(`http://${HOST}:${impatient.port}/v1/messages`, { method: 'POST', body: '{}' });
    return answer.text();
  };
  try {
    expect(await streamed([0, 1000, 1000, 1000, 1000])).toBe('piece'.repeat(5));
    await expect(streamed([0, 20_000])).rejects.toThrow();
  } finally {
    await impatient.stop();
  }
});

test('a LiteLLM that is down is a 503 that says when to come back, in the words of the route', async () => {
  const [closed = 0] = await freePorts(1);
  const another = await startEdge(closed, bodyClasses(4096));
  try {
    const url = `http://${HOST}:${another.port}`;
    for (const path of ['/v1/messages', '/v1/chat/completions']) {
      for (const body of ['{}', 'x'.repeat(UNKNOWN_KEY_BODY + 1)]) {
        const answer = await fetch(url + path, { method: 'POST', body });
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('5');
        expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('try again') } });
      }
    }
  } finally {
    await another.stop();
  }
});
