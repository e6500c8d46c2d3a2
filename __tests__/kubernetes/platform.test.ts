import { randomUUID } from 'node:crypto';
import { KubernetesPlatform } from './support/platform';
import { IdlePod } from './support/pod';
import { KubernetesWorkspace } from './support/workspace';

jest.setTimeout(20 * 60_000);

// One platform and its story: each test takes it from where the one before left it.
let platform: KubernetesPlatform;
beforeAll(() => {
  platform = KubernetesPlatform.open();
  platform.configure();
});
afterAll(() => platform?.close());

const PARTS = ['door', 'edge', 'key-provisioner', 'litellm'];
const cluster = () => platform.cluster;
const answer = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Record<string, never>,
});

async function issueKey(): Promise<string> {
  const { status, body } = await cluster().forward(platform.name, 'key-provisioner', 8100, async (url) =>
    answer(
      await fetch(`${url}/api/v1/admin/keys`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${platform.secrets.provisioner_admin_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ scope: 'ci', subject: 'kubernetes-test' }),
      }),
    ),
  );
  expect([status, body]).toEqual([expect.any(Number), expect.objectContaining({ key: expect.any(String) })]);
  return body['key'] ?? '';
}

test('without its Secret nothing is planned, and the message says how to make it', () => {
  const { status, stdout } = platform.gateway('secrets', 'check');
  expect([status, stdout]).toEqual([
    1,
    expect.stringContaining('gateway-secrets does not exist; run `gateway secrets push`'),
  ]);
});

test('gateway secrets push makes the Secret, and prints and stores no value anywhere else', () => {
  const said = platform.push();
  expect(said).toContain(`Secret ${platform.name}/gateway-secrets was made`);
  const values = Object.values(platform.secrets).filter((value) => value.length > 8);
  for (const value of values) expect(said).not.toContain(value);
  const { metadata } = cluster().json<{ metadata: object }>('get', 'secret', '-n', platform.name, 'gateway-secrets');
  expect(JSON.stringify(metadata)).not.toContain('last-applied');
  expect(platform.gateway('secrets', 'check').status).toBe(0);
  expect(platform.push()).toContain('nothing to do');
});

test('the stack brings everything up ready, with the database migrated by the Job alone', () => {
  platform.deploy();
  for (const part of PARTS)
    cluster().kubectl('rollout', 'status', '--timeout=300s', '-n', platform.name, `deployment/${part}`);
  const jobs = cluster().json<{ items: { status: { succeeded?: number } }[] }>('get', 'jobs', '-n', platform.name);
  expect(jobs.items.map(({ status }) => status.succeeded)).toEqual([1]);
});

test('a second plan is empty', () => {
  expect(platform.plan()).toBe('empty');
});

let key = '';

test('a key issued through the provisioner gets a completion through the edge', async () => {
  key = await issueKey();
  const completion = await cluster().forward(platform.name, 'edge', 4000, async (url) =>
    answer(
      await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'hello' }] }),
      }),
    ),
  );
  expect(completion).toMatchObject({ status: 200, body: { choices: [{ message: { role: 'assistant' } }] } });
});

test('no secret is in the state, in a ConfigMap or in the description of a pod', () => {
  const everything = [
    platform.state(),
    ...['configmaps', 'pods', 'deployments', 'statefulsets', 'jobs'].map((kind) =>
      cluster().kubectl('get', kind, '-n', platform.name, '-o', 'json'),
    ),
  ].join('\n');
  const values = Object.entries(platform.secrets).filter(([, value]) => value.length > 8);
  expect(values.length).toBeGreaterThan(6);
  const found = values.filter(
    ([, value]) => everything.includes(value) || everything.includes(Buffer.from(value).toString('base64')),
  );
  expect(found.map(([name]) => name)).toEqual([]);
});

test('a pod with privileges is admitted to neither namespace', () => {
  for (const namespace of [platform.name, platform.workspaces]) {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'privileged', namespace },
      spec: { containers: [{ name: 'x', image: 'x:1', securityContext: { privileged: true } }] },
    };
    const { status, stderr } = cluster().run(['apply', '--server-side', '-f', '-'], JSON.stringify(pod));
    expect([namespace, status, stderr]).toEqual([
      namespace,
      1,
      expect.stringContaining('violates PodSecurity "restricted'),
    ]);
  }
});

test('gateway manifests writes the same objects with the same bytes, and the API server takes each as it is', () => {
  const [directory, again] = ['first', 'second'].map((name) => platform.manifests(name));
  expect(Object.keys(directory?.files ?? {}).length).toBeGreaterThan(30);
  expect(again?.files).toEqual(directory?.files);
  const options = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
  const taken = cluster().kubectl('apply', ...options, '-f', directory?.path ?? '');
  expect(taken.split('\n')).toHaveLength(Object.keys(directory?.files ?? {}).length);
});

let ada: KubernetesWorkspace;

test('the template starts a workspace: restricted, without an account, its tokens in a Secret', () => {
  ada = new KubernetesWorkspace(platform, { id: randomUUID(), name: 'Dev', owner: 'ada' });
  ada.start();
  ada.untilRunning();
  const pod = JSON.stringify(ada.pod());
  expect(pod).not.toContain(ada.token());
  expect(JSON.parse(pod).spec).toMatchObject({ automountServiceAccountToken: false, hostname: 'dev' });
  expect(ada.exec('ls', '-d', '/home/coder')).toBe('/home/coder');
  expect(() => ada.exec('ls', '/var/run/secrets/kubernetes.io')).toThrow(/No such file/);
});

test('the workspace gets its configuration and key for its token, and a completion for its key', () => {
  const model = 'claude-haiku-4-5';
  const configured = ada.ask('/api/v1/workspaces/configure', { agents: ['opencode'], model });
  expect(JSON.stringify(configured)).toContain(`http://door.${platform.name}.svc:4000`);
  const issued = ada.ask('/api/v1/keys/workspace');
  expect(issued).toMatchObject({ name: `workspace-${ada.id}`, key: expect.any(String) });
  const url = `http://door.${platform.name}.svc:4000/v1/chat/completions`;
  expect(ada.fetch('POST', url, String(issued['key']))).toBe('200');
});

test.each([
  ['GET', 4000, '/ui'],
  ['GET', 4000, '/key/info'],
  ['POST', 4000, '/key/generate'],
  ['GET', 4000, '/health'],
  ['GET', 8100, '/api/v1/admin/keys'],
  ['GET', 8100, '/metrics'],
])('a workspace finds no %s on port %i of the door at %s', (method, port, path) => {
  expect(ada.fetch(method, `http://door.${platform.name}.svc:${port}${path}`, key)).toBe('404');
});

test('a workspace reaches the door and names, and nothing else of the platform, the cluster or its neighbours', async () => {
  const image = cluster().kubectl(
    'get',
    'deployment',
    '-n',
    platform.name,
    'key-provisioner',
    '-o',
    'jsonpath={.spec.template.spec.containers[0].image}',
  );
  const neighbour = await new IdlePod(cluster(), platform.workspaces, 'neighbour').start(image).settled();
  const service = (name: string) => `${name}.${platform.name}.svc`;
  const podAddress = (name: string) =>
    cluster().kubectl(
      'get',
      'pod',
      '-n',
      platform.name,
      '-l',
      `app.kubernetes.io/name=${name}`,
      '-o',
      'jsonpath={.items[0].status.podIP}',
    );
  const [node] = cluster()
    .kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}')
    .split(' ');
  const api = cluster().kubectl(
    'get',
    'endpointslices',
    '-n',
    'default',
    'kubernetes',
    '-o',
    'jsonpath={.endpoints[0].addresses[0]}',
  );
  const denied: [string, number][] = [
    [service('edge'), 4000],
    [service('litellm'), 4000],
    [service('key-provisioner'), 8100],
    [service('postgres'), 5432],
    ...['edge', 'litellm'].map((name): [string, number] => [podAddress(name), 4000]),
    [podAddress('postgres'), 5432],
    [neighbour.address(), 8080],
    [node ?? '', 10250],
    ['kubernetes.default.svc', 443],
    [api, 6443],
    ['169.254.169.254', 80],
  ];
  expect(
    ada.connect([
      [service('door'), 4000],
      [service('door'), 8100],
    ]),
  ).toEqual(['open', 'open']);
  const seen = ada.connect(denied).map((outcome, index) => [...(denied[index] ?? []), outcome === 'open']);
  expect(seen).toEqual(denied.map((target) => [...target, false]));
});

test('a stopped workspace is gone, and its home is there when it starts again', () => {
  ada.exec('sh', '-c', 'echo kept >/home/coder/note');
  ada.stop();
  expect(ada.pods()).toEqual([]);
  ada.start();
  ada.untilRunning();
  expect(ada.exec('cat', '/home/coder/note')).toBe('kept');
  ada.delete();
  // Kubernetes keeps a volume until the pod that uses it has ended.
  cluster().kubectl('wait', '--for=delete', 'pvc', '--all', '--timeout=60s', '-n', platform.workspaces);
});

test('what is changed by hand is undone', () => {
  cluster().kubectl('scale', '--replicas=2', '-n', platform.name, 'deployment/door');
  expect(platform.plan()).not.toBe('empty');
  platform.deploy();
  expect(platform.plan()).toBe('empty');
});

test('destroy leaves the Secret and the database, and the same key works after another deployment', async () => {
  platform.destroy();
  expect(cluster().kubectl('get', 'deployments', '-n', platform.name, '-o', 'name')).toBe('');
  expect(cluster().kubectl('get', 'pvc', '-n', platform.name, '-o', 'name')).toBe(
    'persistentvolumeclaim/postgres-data-postgres-0',
  );
  expect(platform.gateway('secrets', 'check').status).toBe(0);
  platform.deploy();
  const completion = await cluster().forward(platform.name, 'edge', 4000, (url) =>
    fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } }),
  );
  expect(completion.status).toBe(200);
});
