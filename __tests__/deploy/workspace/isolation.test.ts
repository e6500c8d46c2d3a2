import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { docker, type Machine, prepareMachine, run } from './machine';
import { address, canShapeNetworks, gateway, Outside, platform, removePlatform, SERVER } from './surroundings';
import { Template, type Workspace } from './template';

/**
 * What a workspace reaches, tried with real connections from inside. The services around it are plain HTTP servers under
 * the platform's names, networks and ports; the door and the networks are the deployment's own.
 */

if (!canShapeNetworks)
  console.warn('SKIPPED: firewall rules and the outside world are not tested; both need root and iproute2');

const COMMON_PORTS = [22, 80, 2375, 4000, 5432, 7080, 8100, 8404, 13337];
let machine: Machine;
let template: Template;
let sealed: Template;
let a: Workspace;
let b: Workspace;
let closed: Workspace;
/** A service of the host itself, on all its addresses; another process, since tests here wait without yielding. */
let hostService: ChildProcess;
const hostPort = 20_000 + (process.pid % 10_000);

beforeAll(() => {
  machine = prepareMachine();
  hostService = spawn(process.execPath, ['-e', SERVER, String(hostPort)], { stdio: 'ignore' });
  template = new Template(machine);
  sealed = new Template(machine, {
    workspace: { egress: 'none' },
    coder: { url: `http://host.docker.internal:${hostPort}` },
  });
  platform(template.name, machine);
  platform(sealed.name, machine);
  a = template.workspace({ name: 'a', owner: 'ann' });
  b = template.workspace({ name: 'b', owner: 'bob' });
  closed = sealed.workspace({ name: 'c', owner: 'cleo' });
  for (const workspace of [a, b, closed]) workspace.start();
  // Services that people of B run carelessly on all addresses.
  docker('exec', '--detach', b.container, 'node', '-e', SERVER, '13337', '8080');
}, 1_200_000);
afterAll(() => {
  template.remove();
  sealed.remove();
  removePlatform(template.name);
  removePlatform(sealed.name);
  hostService.kill();
});

describe.each([
  ['a workspace', () => a],
  ['a workspace without a way out', () => closed],
])('%s', (_, workspace) => {
  test('reaches the gateway’s and the key-provisioner’s workspace routes under their names', () => {
    expect(workspace().fetch('GET', 'http://litellm:4000/v1/models')).toBe('200');
    expect(workspace().fetch('GET', 'http://litellm:4000/health/readiness')).toBe('200');
    expect(workspace().fetch('POST', 'http://litellm:4000/v1/chat/completions')).toBe('200');
    expect(workspace().fetch('POST', 'http://key-provisioner:8100/api/v1/workspaces/configure')).toBe('200');
  });

  test.each([
    ['GET', 'http://litellm:4000/ui'],
    ['GET', 'http://litellm:4000/health'],
    ['GET', 'http://litellm:4000/openapi.json'],
    ['POST', 'http://litellm:4000/key/generate'],
    ['GET', 'http://litellm:4000/key/info'],
    ['GET', 'http://key-provisioner:8100/api/v1/admin/keys'],
    ['GET', 'http://key-provisioner:8100/metrics'],
  ])('finds nothing at %s %s', (method, url) => {
    expect(workspace().fetch(method, url)).toBe('404');
  });
});

test('the platform’s containers have no names and no addresses in a workspace', () => {
  const { name } = template;
  const services = ['edge', 'litellm', 'key-provisioner', 'postgres'];
  expect(a.connect(services.map((service) => [`${name}-${service}`, 4000]))).toEqual(services.map(() => 'ENOTFOUND'));
  const attempts = a.connect([
    [address(`${name}-edge`, `${name}-edge`), 4000],
    [address(`${name}-edge`, `${name}-edge`), 9000],
    [address(`${name}-edge`, `${name}-uplink`), 4000],
    [address(`${name}-litellm`, `${name}-gateway`), 4000],
    [address(`${name}-litellm`, `${name}-database`), 4000],
    [address(`${name}-litellm`, `${name}-uplink`), 4000],
    [address(`${name}-key-provisioner`, `${name}-edge`), 8100],
    [address(`${name}-postgres`, `${name}-database`), 5432],
  ]);
  expect(attempts).not.toContain('open');
});

test('the database is out of the door’s reach too', () => {
  const host = address(`${template.name}-postgres`, `${template.name}-database`);
  const attempt = spawnSync('docker', ['exec', a.door, 'timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${host}/5432`]);
  expect(attempt.status).not.toBe(0);
});

test('no other workspace is reached, neither by name nor by address', () => {
  expect(b.connect([['127.0.0.1', 13337]])).toEqual(['open']);
  const host = address(b.container, b.container);
  expect(b.connect([[host, 8080]])).toEqual(['open']);
  const attempts = a.connect([
    ['b', 13337],
    [b.container, 13337],
    [host, 8080],
    [host, 13337],
  ]);
  expect(attempts.slice(0, 2)).toEqual(['ENOTFOUND', 'ENOTFOUND']);
  expect(attempts).not.toContain('open');
});

test('no other workspace’s door is reached', () => {
  const addresses = [address(b.door, b.container), address(b.door, `${template.name}-edge`)];
  const targets = addresses.flatMap((host) => [4000, 8100, 8404].map((port) => [host, port] as const));
  expect(a.connect(targets)).not.toContain('open');
});

test('one’s own door opens two ports and no more', () => {
  const answers = a.connect(COMMON_PORTS.map((port) => ['litellm', port]));
  expect(COMMON_PORTS.filter((_, index) => answers[index] === 'open')).toEqual([4000, 8100]);
});

test('the door of a stopped platform answers 503 and finds it again when it is back, under whatever address', () => {
  docker('rm', '--force', `${template.name}-edge`);
  const status = () => a.fetch('GET', 'http://litellm:4000/v1/models');
  for (let tries = 0; tries < 10 && status() !== '503'; tries += 1);
  expect(status()).toBe('503');
  // Somebody else takes the old address meanwhile.
  docker(
    'run',
    '--detach',
    '--name',
    `${template.name}-other`,
    '--network',
    `${template.name}-edge`,
    machine.images.workspace,
    'sleep',
    '600',
  );
  docker(
    'run',
    '--detach',
    '--name',
    `${template.name}-edge`,
    '--network',
    `${template.name}-edge`,
    machine.images.workspace,
    'node',
    '-e',
    SERVER,
    '4000',
  );
  for (let tries = 0; tries < 30 && status() !== '200'; tries += 1) spawnSync('sleep', ['0.5']);
  expect(status()).toBe('200');
  docker('rm', '--force', `${template.name}-other`);
});

describe('egress none', () => {
  test('Coder is reached through the door, as plain TCP', () => {
    expect(closed.fetch('GET', `http://coder:${hostPort}/`)).toBe('200');
  });

  (canShapeNetworks ? test : test.skip)('nothing outside is reached (skipped without root)', () => {
    const outside = new Outside();
    try {
      expect(a.connect([outside.target])).toEqual(['open']);
      expect(closed.connect([outside.target])).not.toContain('open');
      expect(closed.fetch('POST', `http://${outside.target.join(':')}/`)).not.toMatch(/^\d/);
    } finally {
      outside.remove();
    }
  });

  test('outside names are looked up nowhere, since a look-up is a message too', () => {
    const [asked] = JSON.parse(docker('inspect', '--format', '{{json .HostConfig.Dns}}', closed.container));
    expect(asked).toBe('127.0.0.1');
    const program = 'require("node:dns").lookup("example.com", (error, found) => console.log(error?.code ?? found))';
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(closed.exec('node', '-e', program));
  });

  test('the gateway itself takes no files', () => {
    expect(closed.fetch('POST', 'http://litellm:4000/v1/files')).toBe('404');
  });
});

describe('services of the host', () => {
  const fromInside = (workspace: Workspace) => workspace.connect([[gateway(workspace.container), hostPort]])[0];
  (canShapeNetworks ? test : test.skip)('are open until the firewall script has run (skipped without root)', () => {
    expect([fromInside(a), fromInside(closed)]).toEqual(['open', 'open']);
    run('scripts/workspace-firewall.sh', ['install']);
    try {
      expect([fromInside(a), fromInside(closed)]).not.toContain('open');
      const forbidden = a.connect([
        ['host.docker.internal', hostPort],
        ['169.254.169.254', 80],
      ]);
      expect(forbidden).not.toContain('open');
      expect(a.fetch('GET', 'http://litellm:4000/v1/models')).toBe('200');
      expect(closed.fetch('GET', `http://coder:${hostPort}/`)).toBe('200');
      run('scripts/workspace-firewall.sh', ['install', `host:${hostPort}`]);
      expect(fromInside(a)).toBe('open');
    } finally {
      run('scripts/workspace-firewall.sh', ['remove']);
    }
    expect(fromInside(a)).toBe('open');
  });
});
