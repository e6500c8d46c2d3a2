import { docker } from '../support/commands';
import { TestPlatform } from '../support/platform';

jest.setTimeout(15 * 60_000);

// One platform and its story: each test takes it from where the one before left it.
let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.open();
  platform.configure({
    models: { enabled: ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'] },
  });
});
afterAll(() => platform?.close());

const PARTS = ['postgres', 'litellm', 'edge', 'key-provisioner'];

async function ask(path: string, body: unknown, key: string, base = platform.gatewayUrl) {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

/** Exit status of a connection attempt from a throw-away container on one of the platform's networks. */
function reaches(network: string, host: string, port: number): boolean {
  const image = docker('inspect', '--format', '{{.Image}}', platform.container('key-provisioner'));
  const script = `require("net").connect(${port}, "${host}").on("connect", () => process.exit(0)).on("error", () => process.exit(1)); setTimeout(() => process.exit(1), 8000)`;
  const args = [
    'run',
    '--rm',
    '--network',
    `${platform.name}-${network}`,
    '--entrypoint',
    'node',
    image,
    '-e',
    `try { ${script} } catch { process.exit(1) }`,
  ];
  try {
    docker(...args);
    return true;
  } catch {
    return false;
  }
}

test('cdktf deploy brings everything up healthy', () => {
  platform.cdktf('deploy');
  expect(PARTS.map((part) => platform.health(part))).toEqual(PARTS.map(() => 'healthy'));
});

test('a key issued through the provisioner gets a completion through the gateway', async () => {
  const issued = await ask(
    '/api/v1/admin/keys',
    { scope: 'ci', subject: 'deploy-test' },
    platform.secrets.provisioner_admin_token,
    platform.provisionerUrl,
  );
  expect(issued.status).toBeLessThan(300);
  const answer = await ask(
    '/v1/chat/completions',
    { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'hello' }] },
    issued.body.key ?? '',
  );
  expect(answer).toMatchObject({ status: 200, body: { choices: [{ message: { role: 'assistant' } }] } });
});

test('a second plan is empty', () => {
  expect(platform.plan()).toEqual(new Map());
});

test('the database is reached by the gateway only', () => {
  const address = docker(
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    platform.container('postgres'),
  );
  expect(reaches('database', 'postgres', 5432)).toBe(true);
  expect(reaches('edge', 'postgres', 5432)).toBe(false);
  expect(reaches('edge', address, 5432)).toBe(false);
  expect(reaches('uplink', address, 5432)).toBe(false);
});

test('the network that workspaces come in by leads to the gateway and nowhere outside', () => {
  expect(reaches('edge', 'edge', 4000)).toBe(true);
  expect(reaches('gateway', 'litellm', 4000)).toBe(true);
  expect(reaches('edge', 'litellm', 4000)).toBe(false);
  // What a door of a workspace looks for that runs since before there was an edge.
  expect(reaches('edge', platform.container('litellm'), 4000)).toBe(true);
  const litellm = docker(
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}',
    platform.container('litellm'),
  );
  for (const address of litellm.trim().split(' ')) expect(reaches('edge', address, 4000)).toBe(false);
  expect(reaches('edge', 'key-provisioner', 8100)).toBe(true);
  expect(reaches('edge', '1.1.1.1', 53)).toBe(false);
});

test('ports are published on loopback only', () => {
  const bindings = PARTS.flatMap((part) => docker('port', platform.container(part)).split('\n').filter(Boolean));
  expect(bindings).toHaveLength(2);
  for (const binding of bindings) expect(binding).toMatch(/-> 127\.0\.0\.1:\d+$/);
});

test('LiteLLM runs without privileges on a read-only root', () => {
  const state = JSON.parse(docker('inspect', platform.container('litellm')))[0];
  expect(state.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
  expect(docker('exec', platform.container('litellm'), 'id', '-u')).not.toBe('0');
  expect(() => docker('exec', platform.container('litellm'), 'touch', '/etc/x')).toThrow(/[Rr]ead-only/);
});

test('an edited health check takes effect', () => {
  platform.synth({ PROVISIONER_HEALTH_INTERVAL: '7' });
  expect([...platform.plan().keys()]).toEqual(['docker_container.key_provisioner']);
  platform.apply();
  const interval = docker(
    'inspect',
    '--format',
    '{{.Config.Healthcheck.Interval}}',
    platform.container('key-provisioner'),
  );
  expect(interval).toBe('7s');
});

test('stopped containers come back, and the database as the very same one', async () => {
  platform.synth({ PROVISIONER_HEALTH_INTERVAL: '7' });
  const before = platform.id('postgres');
  docker('stop', platform.container('postgres'), platform.container('key-provisioner'));
  platform.plan();
  platform.apply();
  expect(platform.id('postgres')).toBe(before);
  await platform.untilHealthy('postgres');
  await platform.untilHealthy('key-provisioner');
  await platform.untilHealthy('litellm');
});

test('a model added replaces the gateway and what is told of models, and nothing else', async () => {
  const database = platform.id('postgres');
  platform.configure({ models: { enabled: 'all' } });
  platform.synth({ PROVISIONER_HEALTH_INTERVAL: '7' });
  expect([...platform.plan().keys()].sort()).toEqual([
    'docker_container.key_provisioner',
    'docker_container.key_provisioner_files',
    'docker_container.litellm',
    'docker_container.litellm_files',
  ]);
  platform.apply();
  expect(platform.id('postgres')).toBe(database);
  const models = await fetch(`${platform.gatewayUrl}/v1/models`, {
    headers: { authorization: `Bearer ${platform.secrets.litellm_master_key}` },
  }).then((response) => response.json() as Promise<{ data: { id: string }[] }>);
  expect(models.data.map(({ id }) => id)).toContain('claude-opus-5-5');
});

test('destroy and redeploy keep the database', async () => {
  const list = () =>
    fetch(`${platform.provisionerUrl}/api/v1/admin/keys?scope=ci`, {
      headers: { authorization: `Bearer ${platform.secrets.provisioner_admin_token}` },
    }).then((response) => response.text());
  expect(await list()).toContain('ci-deploy-test');
  platform.cdktf('destroy');
  expect(docker('ps', '--all', '--quiet', '--filter', `name=^${platform.name}-`)).toBe('');
  platform.cdktf('deploy');
  expect(await list()).toContain('ci-deploy-test');
});
