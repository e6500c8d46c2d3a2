import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { freePorts } from '../../../runtime/processes/ports';
import { settingsSchema } from '../../../settings/schema';
import { workspaceParameters } from '../../../workspace/parameters';
import { baseImages } from '../support/base-images';
import { TestPlatform } from '../support/platform';
import { docker, dockerQuietly, prepareMachine, run, workspaceImage } from '../workspace/machine';
import { Template } from '../workspace/template';
import { CoderServer, type CoderWorkspace, type Person } from './coder-server';

/**
 * The real Coder server, as the platform deploys it: the exported template is pushed to it, and a person's workspace lives
 * its whole life on it, with the real workspace image. Models are answered by LiteLLM itself.
 */
jest.setTimeout(15 * 60_000);

const TEMPLATE = 'contractor-workspace';
const WORKSPACE = 'dev';

let platform: TestPlatform;
let template: Template;
let coder: CoderServer;
let owner: Person;
let templateAdmin: Person;
let contractor: Person;
/** What the key-provisioner asks Coder with. */
let serviceToken: string;
let templateId: string;
let workspace: CoderWorkspace;
let firstKey: string;

beforeAll(async () => {
  const machine = prepareMachine();
  const image = workspaceImage();
  const { coder: coderImage } = JSON.parse(run('scripts/stand-in-images.sh', ['coder'])) as { coder: string };
  const [port = 0] = await freePorts(1);
  const settings = {
    coder: { server: true, port },
    images: { ...baseImages(), coder: coderImage, workspace: image },
    volumes: { keep_on_destroy: false },
  };
  platform = await TestPlatform.open();
  platform.configure(settings);
  platform.deploy();
  coder = new CoderServer(`http://127.0.0.1:${port}`, coderImage);
  owner = await coder.firstUser('owner');
  templateAdmin = await coder.user(owner, 'terry', ['template-admin']);
  contractor = await coder.user(owner, 'casey');
  serviceToken = coder.serviceToken(templateAdmin);
  platform.give({ coder_token: serviceToken });
  platform.configure({ ...settings, coder: { ...settings.coder, confirm_workspaces: true } });
  template = new Template(
    machine,
    { name: platform.name, coder: settings.coder, images: { workspace: image } },
    platform.secrets.workspace_identity_secret,
  );
});

afterAll(() => {
  if (workspace) {
    const label = ['--filter', `label=coder.workspace_id=${workspace.id}`];
    const left = (kind: string[]) =>
      docker(...kind, '--quiet', ...label)
        .split('\n')
        .filter(Boolean);
    for (const id of left(['ps', '--all'])) dockerQuietly('rm', '--force', id);
    for (const id of left(['network', 'ls'])) dockerQuietly('network', 'rm', id);
    for (const id of left(['volume', 'ls'])) dockerQuietly('volume', 'rm', id);
  }
  template?.remove();
  coder?.remove();
  platform?.close();
});

/** Runs a command in the workspace as its person's own shell would. */
const shell = (command: string) => docker('exec', `${platform.name}-ws-${workspace.id}`, 'bash', '-lc', command);
const keyInside = () => shell('cat ~/.config/litellm/key');

/** Asks the key-provisioner for a workspace's key, with the token that the template would derive. */
function askForKey(workspace_id: string, owner_id: string, username: string): Promise<Response> {
  const identity = { workspace_id, owner_id, username };
  return post('/api/v1/keys/workspace', workspaceToken(platform.secrets.workspace_identity_secret, identity), identity);
}

function post(route: string, bearer: string, body: unknown = {}): Promise<Response> {
  return fetch(`${platform.provisionerUrl}${route}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });
}

async function completion(key: string): Promise<number> {
  const response = await fetch(`${platform.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'hello' }] }),
  });
  await response.text();
  return response.status;
}

test('the platform’s Coder server has AI features of its own switched off', async () => {
  expect(platform.health('coder')).toBe('healthy');
  const { options } = await coder.call<{ options: { env: string; value: unknown }[] }>(
    'GET',
    '/deployment/config',
    undefined,
    owner.session,
  );
  const value = (name: string) => options.find(({ env }) => env === name)?.value;
  expect({
    CODER_AI_GATEWAY_ENABLED: value('CODER_AI_GATEWAY_ENABLED'),
    CODER_AIBRIDGE_ENABLED: value('CODER_AIBRIDGE_ENABLED'),
    CODER_HIDE_AI_TASKS: value('CODER_HIDE_AI_TASKS'),
  }).toEqual({ CODER_AI_GATEWAY_ENABLED: false, CODER_AIBRIDGE_ENABLED: false, CODER_HIDE_AI_TASKS: true });
});

test('the key-provisioner is told to ask Coder, and nothing else of the platform changes', async () => {
  platform.synth();
  const changed = [...platform.plan().keys()];
  platform.apply();
  await platform.untilHealthy('key-provisioner');
  expect(changed).toEqual(['docker_container.key_provisioner', 'docker_container.key_provisioner_files']);
});

test('the exported template is pushed as it is, and its choices arrive', async () => {
  const variables = join(mkdtempSync(join(tmpdir(), 'gateway-variables-')), 'variables.yaml');
  writeFileSync(variables, `workspace_identity_secret: "${template.secret}"\n`, { mode: 0o600 });
  const pushed = coder.cli(
    templateAdmin,
    ...['templates', 'push', TEMPLATE, '--directory', template.exported],
    ...['--variables-file', variables, '--yes'],
  );
  expect(pushed).not.toMatch(/No \.terraform\.lock\.hcl|[Ee]rror/);
  const { id, active_version_id } = await coder.call<{ id: string; active_version_id: string }>(
    'GET',
    `/organizations/default/templates/${TEMPLATE}`,
    undefined,
    templateAdmin.session,
  );
  templateId = id;
  const parameters = await coder.call<{ name: string; mutable: boolean; options: { value: string }[] }[]>(
    'GET',
    `/templateversions/${active_version_id}/rich-parameters`,
    undefined,
    templateAdmin.session,
  );
  const expected = workspaceParameters(settingsSchema.parse({ providers: { anthropic: { credentials: 'variable' } } }));
  expect(
    parameters.map(({ name, mutable, options }) => ({ name, mutable, values: options.map(({ value }) => value) })),
  ).toEqual(
    expected.map(({ name, mutable, options = [] }) => ({ name, mutable, values: options.map(({ value }) => value) })),
  );
});

test('a value that is not on offer is refused by Coder’s own form', async () => {
  const body = {
    template_id: templateId,
    name: 'refused',
    rich_parameter_values: [{ name: 'ai_model', value: 'gpt-2' }],
  };
  const refused = await coder.ask('POST', '/users/me/workspaces', body, contractor.session);
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { validations: [{ field: 'ai_model', detail: expect.stringContaining('must be defined as one of options') }] },
  ]);
});

test('a person creates a workspace: its agent becomes ready, and it has its own key', async () => {
  coder.cli(contractor, 'create', WORKSPACE, '--template', TEMPLATE, '--use-parameter-defaults', '--yes');
  workspace = await coder.workspaceOf(contractor, WORKSPACE);
  expect(await coder.ready(contractor, WORKSPACE)).toMatchObject({
    name: 'main',
    status: 'connected',
    lifecycle_state: 'ready',
  });
  firstKey = keyInside();
  expect(await completion(firstKey)).toBe(200);
  const answer = await askForKey(workspace.id, contractor.id, contractor.username);
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { key: firstKey, reused: true, name: `workspace-${workspace.id}` },
  ]);
});

test('the dashboard shows the workspace’s figures and a healthy editor, and the person gets in', async () => {
  let shown: Record<string, string> = {};
  // Well before Coder would ask a second time.
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await setTimeout(3000)) {
    const agent = await coder.ready(contractor, WORKSPACE);
    shown = await coder.metadata(contractor, agent.id);
    if (shown.ai_usage?.includes('$') && Object.values(shown).every((value) => value !== '')) break;
  }
  expect(shown).toEqual({
    ai_usage: expect.stringMatching(/of \$10\.00/),
    cpu: expect.stringMatching(/cores|%/),
    memory: expect.stringMatching(/4 GiB|%/),
    disk: expect.stringMatching(/of 20 GB/),
  });
  let apps = (await coder.ready(contractor, WORKSPACE)).apps;
  // The agent asks the editor every five seconds, and the editor takes its time on a busy machine.
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await setTimeout(1000)) {
    if (apps.every(({ health }) => health !== 'initializing')) break;
    apps = (await coder.ready(contractor, WORKSPACE)).apps;
  }
  expect(apps).toMatchObject([{ slug: 'code-server', health: 'healthy' }]);
  expect(coder.cli(contractor, 'ssh', WORKSPACE, 'ai-models')).toContain('claude-haiku-4-5');
});

test('the agent’s token, which lies in the workspace, does not open the person’s SSH key', async () => {
  const environment = docker('inspect', '--format', '{{json .Config.Env}}', `${platform.name}-ws-${workspace.id}`);
  const token = (JSON.parse(environment) as string[])
    .find((entry) => entry.startsWith('CODER_AGENT_TOKEN='))
    ?.slice(18);
  expect(token).toBeTruthy();
  expect((await coder.ask('GET', '/workspaceagents/me/gitsshkey', undefined, token)).status).toBeGreaterThanOrEqual(
    400,
  );
});

test('neither another owner nor an unknown workspace gets a key, however well derived its token is', async () => {
  expect((await askForKey(workspace.id, owner.id, owner.username)).status).toBe(403);
  expect((await askForKey(randomUUID(), contractor.id, contractor.username)).status).toBe(403);
});

test('a person’s session token gives them a key of their own; the key-provisioner’s token does not', async () => {
  const mine = await post('/api/v1/keys/self-service', contractor.session);
  expect([mine.status, await mine.json()]).toMatchObject([201, { reused: false, name: `user-${contractor.id}` }]);
  expect((await post('/api/v1/keys/self-service', contractor.session)).status).toBe(200);
  expect((await post('/api/v1/keys/self-service', serviceToken)).status).toBe(401);
  expect((await post('/api/v1/keys/self-service', 'nobody-nothing')).status).toBe(401);
});

test('a stopped workspace leaves its home alone, and gets no key', async () => {
  coder.cli(contractor, 'stop', WORKSPACE, '--yes');
  expect(parts()).toEqual({ containers: 0, networks: 0, volumes: 1 });
  // For half a minute the key-provisioner goes by what Coder said last.
  let status = 0;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && status !== 403; await setTimeout(1000))
    status = (await askForKey(workspace.id, contractor.id, contractor.username)).status;
  expect(status).toBe(403);
});

test('the next start has the same key and the model that was chosen meanwhile', async () => {
  coder.cli(contractor, 'start', WORKSPACE, '--parameter', 'ai_model=claude-haiku-4-5', '--yes');
  expect((await coder.ready(contractor, WORKSPACE)).lifecycle_state).toBe('ready');
  expect(keyInside()).toBe(firstKey);
  expect(shell('cat ~/.config/opencode/opencode.json')).toContain('litellm/claude-haiku-4-5');
  expect(await completion(firstKey)).toBe(200);
});

test('the key-provisioner’s token is replaced, and the old one is not missed', async () => {
  serviceToken = coder.serviceToken(templateAdmin, 'the-next');
  platform.give({ coder_token: serviceToken });
  const changed = [...platform.plan().keys()];
  platform.apply();
  coder.cli(templateAdmin, 'tokens', 'remove', 'key-provisioner');
  await platform.untilHealthy('key-provisioner');
  const answer = await askForKey(workspace.id, contractor.id, contractor.username);
  expect([answer.status, await answer.json()]).toMatchObject([200, { key: firstKey }]);
  expect(changed).toEqual(['docker_container.key_provisioner']);
});

test('a deleted workspace leaves nothing, and its key ends with the reconciler', async () => {
  coder.cli(contractor, 'delete', WORKSPACE, '--yes');
  expect(parts()).toEqual({ containers: 0, networks: 0, volumes: 0 });
  expect((await coder.ask('GET', `/workspaces/${workspace.id}`, undefined, serviceToken)).status).toBe(410);
  const reconciled = await post('/api/v1/admin/reconcile', platform.secrets.provisioner_admin_token);
  expect([reconciled.status, await reconciled.json()]).toMatchObject([200, { deleted: [`workspace-${workspace.id}`] }]);
  expect(await completion(firstKey)).toBe(401);
  const mine = await post('/api/v1/keys/self-service', contractor.session);
  expect(await completion(((await mine.json()) as { key: string }).key)).toBe(200);
});

function parts() {
  const label = ['--quiet', '--filter', `label=coder.workspace_id=${workspace.id}`];
  const count = (...list: string[]) =>
    docker(...list, ...label)
      .split('\n')
      .filter(Boolean).length;
  return { containers: count('ps', '--all'), networks: count('network', 'ls'), volumes: count('volume', 'ls') };
}
