import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../runtime/processes/ports';
import { installClients } from '../agents/support/clients';
import { sendCommand } from '../support/harness';
import { eventually } from '../support/requests';

/**
 * The protocol as the installed Claude Code itself tells it (`claude gateway`, GET /protocol). Where a new version says
 * something in a section or a table row that nobody has looked at, this fails: read it, answer it, and add it here.
 */

/** Titles, each with what this gateway does about it. */
const REVIEWED: Readonly<Record<string, string>> = {
  'Claude Code gateway protocol': 'the title',
  Flow: 'no sign-in: the workspace has its key',
  'Discovery — required': 'no sign-in',
  'Device authorization — required': 'no sign-in',
  'Verification page — required': 'no sign-in',
  'Token — required': 'no sign-in',
  'Messages — required': 'answers.test.ts',
  'Managed settings — optional': 'not served: the agents are configured in the workspace',
  'Models — optional': 'answers.test.ts',
  'Telemetry — optional': 'not served',
  Errors: 'answers.test.ts',
  'Usage-limit headers — optional': 'answers.test.ts',
  'Billing group — optional': 'no group is told in tags; they reach Anthropic, and no cloud provider',
  'Bearer token': "LiteLLM's virtual key",
  TLS: 'the edge has none of its own yet',
  'Client guarantees': 'the edge relies on Content-Length (decision 17)',
  'Proxying to Bedrock, Vertex, or Foundry': 'answers.test.ts',
  References: 'nothing to do',
};

/** `status error.type` of the table of errors. */
const REVIEWED_ERRORS = [
  ...['400 invalid_request_error', '401 authentication_error', '403 permission_error', '413 request_too_large'],
  ...['429 rate_limit_error', '429 billing_error', '501 not_supported', '529 overloaded_error', '5xx api_error'],
];

const REVIEWED_HEADERS = [
  ...['-status', '-representative-claim', '-overage-status', '-overage-utilization', '-overage-surpassed-threshold'],
  ...['-reset', '-overage-reset', '-overage-period', '-overage-disabled-reason', '-overage-scope'],
];

let directory: string;
let issuer: Server;
let program: ChildProcess | undefined;
let text: string;

beforeAll(async () => {
  const { claude } = await installClients();
  const { databaseUrl } = await sendCommand<{ databaseUrl: string }>('POST', '/databases', { migrated: false });
  issuer = await standInIssuer();
  const issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  const [port = 0] = await freePorts(1);
  directory = mkdtempSync(join(tmpdir(), 'claude-gateway-'));
  const url = `http://127.0.0.1:${port}`;
  // JSON is YAML.
  const settings = {
    listen: { host: '127.0.0.1', port, public_url: url },
    oidc: { issuer: issuerUrl, client_id: 'gateway', client_secret: 'of-a-test-only' },
    session: { jwt_secret: '0123456789abcdef'.repeat(4) },
    store: { postgres_url: databaseUrl },
    upstreams: [{ provider: 'anthropic', base_url: issuerUrl, auth: { api_key: 'sk-ant-of-a-test-only' } }],
  };
  const file = join(directory, 'gateway.yaml');
  writeFileSync(file, JSON.stringify(settings));
  program = spawn(claude, ['gateway', '--config', file], {
    env: { PATH: process.env.PATH, HOME: directory, CLAUDE_GATEWAY_ALLOW_LOOPBACK: '1' },
    stdio: 'ignore',
  });
  text = await eventually(async () => {
    const answer = await fetch(`${url}/protocol`);
    if (!answer.ok) throw new Error(`/protocol answers ${answer.status}`);
    return answer.text();
  }, 60);
}, 900_000);
afterAll(async () => {
  if (program && program.exitCode === null) {
    program.kill();
    await once(program, 'exit');
  }
  issuer?.close();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

/** An identity provider that only introduces itself: nobody signs in here. */
async function standInIssuer(): Promise<Server> {
  const server = createServer((request, response) => {
    const base = `http://${request.headers.host}`;
    const metadata = {
      issuer: base,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      jwks_uri: `${base}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      keys: [],
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const found = (pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, first = '', second]) => [first, second].filter(Boolean).join(' '));

test('every section of the protocol was looked at', () => {
  expect(found(/^#+ (.+)$/gm)).toEqual(Object.keys(REVIEWED));
});

test('every error of the protocol was looked at', () => {
  expect(found(/^\| (\d\d\d|5xx) \| `(\w+)` \|/gm)).toEqual(REVIEWED_ERRORS);
});

test('every usage header of the protocol was looked at', () => {
  const named = found(/anthropic-ratelimit-unified((?:-[a-z]+)+)/g);
  expect([...new Set(named)].filter((name) => !REVIEWED_HEADERS.includes(name))).toEqual([]);
});
