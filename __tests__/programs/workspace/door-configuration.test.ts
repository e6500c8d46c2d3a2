import net from 'node:net';
import { freePorts } from '../../../runtime/processes/ports';
import { LARGEST_BODY } from '../../../workloads/body-limits';
import { doorConfiguration } from '../../../workspace/door-configuration';
import { KEY_PROVISIONER_ROUTES, LITELLM_ROUTES } from '../../../workspace/door-routes';
import { eventually } from '../../contract/support/requests';
import { answeredInPieces, haproxy, Recorder, send, startHaproxy, statusOf } from './door-testbed';

const nameserver = '127.0.0.11:53';

const host = '127.0.0.1';

test('only host names and addresses are forwarded to', () => {
  const upstream = { host: 'litellm\n  stats enable', port: 4000 };
  expect(() =>
    doorConfiguration({ litellm: upstream, keyProvisioner: upstream, requestTimeoutSeconds: 900, nameserver }),
  ).toThrow('the door cannot forward to "litellm\n  stats enable": a host name or an IPv4 address is needed');
});

if (!haproxy) console.warn('SKIPPED: the door is not tested, HAProxy is missing (apt-get install haproxy)');

(haproxy ? describe : describe.skip)('the real HAProxy (skipped where it is not installed)', () => {
  let litellm: Recorder;
  let provisioner: Recorder;
  let coder: Recorder;
  let door: { litellm: number; provisioner: number; coder: number };
  let haproxyProcess: { stop(): Promise<void> };

  beforeAll(async () => {
    const [a, b, c, d, e, f, g] = (await freePorts(7)) as [number, number, number, number, number, number, number];
    litellm = new Recorder('litellm', a);
    provisioner = new Recorder('key-provisioner', b);
    coder = new Recorder('coder', c);
    door = { litellm: d, provisioner: e, coder: f };
    await Promise.all([litellm.listen(), provisioner.listen(), coder.listen()]);
    const configuration = doorConfiguration({
      litellm: { host, port: a, listenPort: d },
      keyProvisioner: { host, port: b, listenPort: e },
      coder: { host, port: c, listenPort: f },
      requestTimeoutSeconds: 900,
      nameserver,
      healthPort: g,
    });
    haproxyProcess = await startHaproxy(configuration, d);
  });
  afterAll(async () => {
    await haproxyProcess.stop();
    await Promise.all([litellm.close(), provisioner.close(), coder.close()]);
  });
  beforeEach(() => {
    for (const recorder of [litellm, provisioner, coder]) recorder.received.length = 0;
  });

  const call = (port: number, line: string, headers = '') =>
    send(port, `${line} HTTP/1.1\r\nHost: litellm:4000\r\n${headers}Connection: close\r\n\r\n`);

  test.each(LITELLM_ROUTES)('$method $path reaches LiteLLM', async ({ method, path }) => {
    const target = path.replace('{model}', 'claude-sonnet-4-5');
    expect(await call(door.litellm, `${method} ${target}`, 'Content-Length: 0\r\n')).toMatch(/litellm$/);
    expect(litellm.targets).toEqual([`${method} ${target} HTTP/1.1`]);
  });

  test.each([
    ['POST /v1/messages?beta=true', 'POST /v1/messages?beta=true'],
    ['POST /v1/messages?model=claude-opus-5-5&beta=true&m%6fdel=x', 'POST /v1/messages?beta=true'],
    ['POST /v1/messages?betax=1&&', 'POST /v1/messages'],
    ['POST /v1/messages/count_tokens?beta=true&model=x', 'POST /v1/messages/count_tokens?beta=true'],
    ['POST /v1/chat/completions?beta=true&model=x', 'POST /v1/chat/completions'],
    ['POST /v1/responses?api-version=2024&model=x', 'POST /v1/responses'],
    ['GET /v1/models?limit=3&team_id=x&after_id=m', 'GET /v1/models?limit=3&after_id=m'],
    ['GET /v1/model/info?litellm_model_id=x', 'GET /v1/model/info'],
  ])('%s reaches LiteLLM with known parameters only', async (line, expected) => {
    await call(door.litellm, line, 'Content-Length: 0\r\n');
    expect(litellm.targets).toEqual([`${expected} HTTP/1.1`]);
  });

  test('no header that is not known reaches LiteLLM, and those of the protocols do', async () => {
    const steering = [
      'X-Litellm-Tags',
      'Api-Key',
      'X-Goog-Api-Key',
      'Langfuse_Trace_Id',
      'Cookie',
      'Hostx',
      'Xauthorization',
    ];
    const needed = [
      'Authorization',
      'X-Api-Key',
      'Anthropic-Beta',
      'X-Stainless-Lang',
      'X-Claude-Code-Session-Id',
      'Accept',
    ];
    const headers = [...steering.map((name) => `${name}: steered`), ...needed.map((name) => `${name}: needed`)];
    await call(door.litellm, 'POST /v1/messages', `${headers.join('\r\n')}\r\nContent-Length: 0\r\n`);
    expect(litellm.received[0]).not.toContain('steered');
    for (const name of needed) expect(litellm.received[0]).toMatch(new RegExp(`^${name}: needed\r$`, 'im'));
  });

  test.each([
    ['larger than 32 MB', `Content-Length: ${LARGEST_BODY + 1}`, 413],
    ['said to have 500 MB', 'Content-Length: 500000000', 413],
    ['in chunks', 'Transfer-Encoding: chunked', 411],
    ['compressed', 'Content-Length: 5\r\nContent-Encoding: gzip', 415],
  ])('a body %s is refused before it is read, in the words of the route', async (_, header, status) => {
    for (const [path, envelope] of [
      ['/v1/messages', { type: 'error', error: { message: expect.any(String) } }],
      ['/v1/chat/completions', { error: { message: expect.any(String), code: String(status) } }],
    ] as const) {
      const answer = await call(door.litellm, `POST ${path}`, `${header}\r\n`);
      expect(statusOf(answer)).toBe(status);
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject(envelope);
    }
    expect(litellm.received).toEqual([]);
  });

  test('few large bodies are under way at once, and small requests do not wait for them', async () => {
    const usual = litellm.answer;
    litellm.answer = () => {};
    const head = `POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n`;
    const sockets = Array.from({ length: 30 }, () =>
      net.connect(door.litellm, host, function (this: net.Socket) {
        this.write(head);
      }),
    );
    await eventually(async () => expect(litellm.targets).toHaveLength(8));
    // Time for a ninth, if there were one.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(litellm.targets).toHaveLength(8);
    litellm.answer = usual;
    expect(await call(door.litellm, 'POST /v1/messages', 'Content-Length: 0\r\n')).toMatch(/litellm$/);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
  });

  test.each(KEY_PROVISIONER_ROUTES)('$method $path reaches the key-provisioner', async ({ method, path }) => {
    expect(await call(door.provisioner, `${method} ${path}`, 'Content-Length: 0\r\n')).toMatch(/key-provisioner$/);
  });

  test.each([
    '/',
    '/ui',
    '/ui/',
    '/health',
    '/health/services',
    '/health/readiness/details',
    '/openapi.json',
    '/routes',
    '/metrics',
    '/key/info',
    '/key/list',
    '/user/info',
    '/spend/logs',
    '/model_group/info',
    '/sso/key/generate',
    '/public/model_hub',
    '/v1/models/',
    '/v1/models/..',
    '/v1/models/../../ui',
    '/v1/models/claude/../../../ui',
    '/v1/models/%2e%2e/ui',
    '/v1/models/a%2f..%2f..%2fui',
    '/v1/models\\..\\ui',
    '/v1/../ui',
    '/v1/./models',
    '/v1/%2e%2e/ui',
    '/v1/%252e%252e/ui',
    '/%76%31/models',
    '//ui',
    '//v1/models',
    '/v1//models',
    '/v1/models/;/ui',
    '/v1/models;/../ui',
    '/v1/models#/../../ui',
    '/V1/MODELS',
    '/v1/modelsx',
    '/x/v1/models',
    '/ui?/v1/models',
    '/ui#/v1/models',
    '/v1/models%00',
    '/v1/models%0a/ui',
    'v1/models',
    'http://litellm:4000/ui',
    'http://litellm:4000/v1/models',
    'http://litellm:4000/v1/models/../../ui',
    'https://litellm/v1/models',
    '*',
    'litellm:4000',
  ])('GET %s does not exist for a workspace', async (target) => {
    const status = statusOf(await call(door.litellm, `GET ${target}`));
    expect([400, 404]).toContain(status);
    expect(litellm.targets).toEqual([]);
  });

  test.each([
    '/api/v1/admin/keys',
    '/metrics',
    '/openapi.json',
    '/api/v1/keys/../admin/keys',
    '/api/v1/keys/%2e%2e/admin/keys',
  ])('GET %s of the key-provisioner does not exist for a workspace', async (target) => {
    expect(statusOf(await call(door.provisioner, `GET ${target}`))).toBe(404);
    expect(provisioner.targets).toEqual([]);
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'HEAD', 'get', 'POST', 'GETX'])(
    '%s /v1/models is refused',
    async (method) => {
      await call(door.litellm, `${method} /v1/models`, 'Content-Length: 0\r\n');
      expect(litellm.targets).toEqual([]);
    },
  );

  test('a header that overrides the method or the path is only a header', async () => {
    await call(door.litellm, 'GET /v1/models', 'X-Original-URL: /ui\r\nX-HTTP-Method-Override: DELETE\r\n');
    expect(litellm.targets).toEqual(['GET /v1/models HTTP/1.1']);
  });

  test('a request cannot turn into a websocket or another protocol', async () => {
    const answer = await send(
      door.litellm,
      'GET /v1/models HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(statusOf(answer)).toBe(404);
    await send(door.litellm, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
    expect(litellm.targets).toEqual([]);
  });

  const smuggled = 'GET /ui HTTP/1.1\r\nHost: litellm\r\n\r\n';
  test.each([
    ['two lengths', `Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`],
    [
      'a length and chunks',
      `Content-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a disguised encoding', `Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a space before the colon', `Content-Length: 0\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a folded header', `Content-Length:\r\n ${smuggled.length}\r\n\r\n${smuggled}`],
    ['a negative length', `Content-Length: -1\r\n\r\n${smuggled}`],
    ['a sloppy chunk size', `Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n${smuggled}`],
    ['pipelining', `Content-Length: 0\r\n\r\n${smuggled}`],
  ])('no second request rides along by %s', async (_, rest) => {
    await send(door.litellm, `POST /v1/chat/completions HTTP/1.1\r\nHost: litellm\r\n${rest}`);
    // What the service was sent as a head; a body may hold any text.
    expect(litellm.targets.filter((line) => !line.startsWith('POST /v1/chat/completions'))).toEqual([]);
    for (const request of litellm.received) {
      const head = request.slice(0, request.indexOf('\r\n\r\n')).toLowerCase();
      expect(head).toContain('\r\nconnection: close');
      expect((head.match(/\r\n(content-length|transfer-encoding):/g) ?? []).length).toBe(1);
      const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
      if (length !== undefined) expect(request.length - head.length - 4).toBeLessThanOrEqual(Number(length));
    }
  });

  test('where a request comes from is not for the workspace to say', async () => {
    await call(
      door.litellm,
      'GET /v1/models',
      'X-Forwarded-For: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\nX-Real-IP: 10.0.0.1\r\n',
    );
    expect(litellm.received[0]).not.toContain('10.0.0.1');
  });

  test('Coder passes as it is, whatever it speaks', async () => {
    const bytes = 'GET /api/v2/x?y=%2e%2e HTTP/1.1\r\nHost: coder\r\nUpgrade: websocket\r\n\r\n';
    expect(await send(door.coder, bytes)).toMatch(/coder$/);
    expect(coder.received).toEqual([bytes]);
  });

  test('an answer streams through piece by piece', async () => {
    const pieces = await answeredInPieces(litellm, `http://${host}:${door.litellm}/v1/messages`);
    expect(pieces).toEqual(['first', 'last']);
  });

  test('a service that is down is a 503 that says when to come back', async () => {
    const [closed, listen, other, healthPort] = (await freePorts(4)) as [number, number, number, number];
    const upstream = { host, port: closed };
    const another = await startHaproxy(
      doorConfiguration({
        litellm: { ...upstream, listenPort: listen },
        keyProvisioner: { ...upstream, listenPort: other },
        requestTimeoutSeconds: 900,
        nameserver,
        healthPort,
      }),
      listen,
    );
    const answer = await fetch(`http://${host}:${listen}/v1/models`).finally(another.stop);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    const body = (await answer.json()) as { detail: string };
    expect(body).toMatchObject({ status: 503, detail: expect.stringContaining('try again') });
    // An error to clients of either API as well.
    expect(body).toMatchObject({ type: 'error', error: { type: 'api_error', message: body.detail, code: '503' } });
  });
});
