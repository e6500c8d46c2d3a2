import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { gateway as cli } from '../../contract/cli/run-cli';
import { command, docker } from '../support/commands';
import { TestPlatform } from '../support/platform';
import { prepareMachine, workspaceImage } from '../workspace/machine';
import { Template, type Workspace } from '../workspace/template';

// The faults that need containers, caused for real on a deployed platform with a workspace behind its door. Each test
// repairs what it broke; the doctor must find the fault, and nothing else.
jest.setTimeout(15 * 60_000);

const SCRIPT = 'start-workspace; exec sleep infinity';
const started = { CODER_AGENT_SCRIPT_linux_amd64: SCRIPT, CODER_AGENT_SCRIPT_linux_arm64: SCRIPT };
const HOME = '/home/coder';
const ROO = `${HOME}/.config/roo-code/settings.json`;

const folder = mkdtempSync(join(tmpdir(), 'gateway-doctor-'));
const settings = join(folder, 'gateway.yaml');
let platform: TestPlatform;
let template: Template;
let workspace: Workspace;

beforeAll(async () => {
  const machine = prepareMachine();
  const image = workspaceImage();
  platform = await TestPlatform.open();
  platform.configure();
  platform.deploy();
  const secret = platform.secrets.workspace_identity_secret;
  template = new Template(machine, { name: platform.name, images: { workspace: image } }, secret);
  workspace = template.workspace({ name: 'ward', owner: 'ann' });
  workspace.start({}, started);
  shell('for i in {1..120}; do curl -fs http://127.0.0.1:13337/healthz >/dev/null && exit 0; sleep 1; done; exit 1');
  const port = (url: string) => Number(new URL(url).port);
  writeFileSync(
    settings,
    stringify({
      name: platform.name,
      providers: { anthropic: { credentials: 'variable' }, bedrock: { credentials: 'variable', region: 'us-east-1' } },
      litellm: { port: port(platform.gatewayUrl) },
      key_provisioner: { port: port(platform.provisionerUrl) },
    }),
  );
});
afterAll(() => {
  template?.remove();
  platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

const shell = (script: string) => workspace.exec('bash', '-c', script);

const run = (...arguments_: string[]) =>
  cli([...arguments_, '--json', '--settings', settings], {
    env: {
      GATEWAY_URL: platform.gatewayUrl,
      GATEWAY_PROVISIONER_URL: platform.provisionerUrl,
      GATEWAY_ADMIN_TOKEN: platform.secrets.provisioner_admin_token,
    },
  });

async function doctor(...arguments_: string[]) {
  const { stdout, stderr } = await run('doctor', '--workspace', workspace.container, ...arguments_);
  if (!stdout) throw new Error(stderr);
  const findings = JSON.parse(stdout).findings as {
    id: string;
    kind: string;
    cause: string;
    evidence: string[];
    fix: string[];
  }[];
  const faults = findings.filter(({ kind }) => kind === 'fault');
  return { ids: faults.map(({ id }) => id), faults };
}

async function until(well: () => boolean): Promise<void> {
  for (let second = 0; !well(); second += 1) {
    if (second > 120) throw new Error(`two minutes were not enough for ${well}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Waits for Docker's health checks to agree that a container is well again. */
const healthy = (part: string) => until(() => platform.health(part) === 'healthy');

test('nothing is found while nothing is wrong', async () => {
  expect((await doctor()).faults).toEqual([]);
});

test('gateway verify passes, also from inside the workspace', async () => {
  const { stdout, code } = await run('verify', '--workspace', workspace.container);
  const failed = JSON.parse(stdout).results.filter(({ status }: { status: string }) => status === 'fail');
  expect(failed).toEqual([]);
  expect(code).toBe(0);
});

test("a missing file of Roo Code's", async () => {
  shell(`mv ${ROO} /tmp/roo.json`);
  expect((await doctor()).ids).toEqual(['roo-import-failed']);
  shell(`mv /tmp/roo.json ${ROO}`);
});

test('a wrong path in the editor settings', async () => {
  const files = `${HOME}/.local/share/code-server/User/settings.json ${HOME}/.local/share/code-server/Machine/settings.json`;
  shell(
    `for f in ${files}; do test -f $f && cp $f $f.good && sed -i 's#\\(autoImportSettingsPath": "\\)[^"]*#\\1/nowhere.json#' $f; done; true`,
  );
  const { ids, faults } = await doctor();
  shell(`for f in ${files}; do test -f $f.good && mv $f.good $f; done; true`);
  expect(ids).toEqual(['roo-import-failed']);
  expect(faults[0]?.cause).toContain('/nowhere.json');
});

test('a missing key file', async () => {
  shell(`mv ${HOME}/.config/litellm/key /tmp/key`);
  expect((await doctor()).ids).toEqual(['workspace-files-missing']);
  shell(`mv /tmp/key ${HOME}/.config/litellm/key`);
});

test('a model name in OpenCode that the gateway does not serve', async () => {
  const file = `${HOME}/.config/opencode/opencode.json`;
  shell(`cp ${file} /tmp/opencode.json && sed -i 's#"litellm/claude-sonnet-4-5"#"litellm/claude-sonnet-45"#' ${file}`);
  const { ids, faults } = await doctor();
  shell(`cp /tmp/opencode.json ${file}`);
  expect(ids).toEqual(['model-not-found']);
  expect(faults[0]?.evidence[0]).toContain('claude-sonnet-45');
});

test('a network that is blocked: the door of the workspace is gone', async () => {
  docker('stop', workspace.door);
  expect((await doctor()).ids).toEqual(['workspace-cut-off']);
  docker('start', workspace.door);
  shell(
    'for i in {1..30}; do curl -fs http://litellm:4000/health/readiness >/dev/null && exit 0; sleep 1; done; exit 1',
  );
});

test('a disk that is full by quota', async () => {
  // A second container of the same image whose home may hold one megabyte.
  const image = docker('inspect', '--format', '{{.Config.Image}}', workspace.container);
  const name = `${platform.name}-full`;
  docker(
    'run',
    '--detach',
    '--name',
    name,
    '--tmpfs',
    `${HOME}:size=1m,uid=1000,mode=0755`,
    '--entrypoint',
    'sleep',
    image,
    'infinity',
  );
  try {
    command('docker', ['exec', name, 'sh', '-c', `head -c 2000000 /dev/zero > ${HOME}/big`]);
    docker('network', 'connect', workspace.container, name); // the door is there, under the names a workspace knows
    expect((await doctor('--workspace', name)).ids).toEqual(['disk-full']);
  } finally {
    docker('rm', '--force', name);
  }
});

test('a stopped database', async () => {
  docker('stop', platform.container('postgres'));
  const { ids, faults } = await doctor();
  docker('start', platform.container('postgres'));
  expect(ids).toEqual(['database-down']);
  expect(faults[0]?.cause).toContain('PostgreSQL is stopped');
  await healthy('postgres');
  await healthy('litellm');
});

test('a password that the database refuses', async () => {
  const become = (password: string) =>
    docker(
      ...['exec', platform.container('postgres'), 'psql', '--username', 'litellm', '--dbname', 'litellm'],
      ...['--command', `ALTER ROLE litellm PASSWORD '${password}'`],
    );
  become('another-one');
  docker('restart', platform.container('litellm'));
  await until(() => docker('inspect', '--format', '{{.RestartCount}}', platform.container('litellm')) !== '0');
  const { ids, faults } = await doctor();
  become(platform.secrets.postgres_password);
  docker('restart', platform.container('litellm'));
  expect(ids).toEqual(['database-down']);
  expect(faults[0]?.cause).toBe('PostgreSQL refuses the password');
  await healthy('litellm');
});

test('too little memory for a container', async () => {
  const name = platform.container('key-provisioner');
  const limit = (memory: string) => {
    docker('stop', name);
    docker('update', '--memory', memory, '--memory-swap', memory, name);
    docker('start', name);
  };
  const before = docker('inspect', '--format', '{{.HostConfig.Memory}}', name);
  limit('20m');
  await until(() => docker('inspect', '--format', '{{.RestartCount}}', name) !== '0');
  const { ids, faults } = await doctor();
  limit(before);
  expect(ids).toEqual(['memory-short']);
  expect(faults[0]?.fix[0]).toContain('key_provisioner.memory_mb');
  await healthy('key-provisioner');
  // It came back because somebody mended it, not by itself.
  expect((await doctor()).ids).toEqual([]);
});

test('a stopped key-provisioner', async () => {
  docker('stop', platform.container('key-provisioner'));
  expect((await doctor()).ids).toEqual(['provisioner-down']);
  docker('start', platform.container('key-provisioner'));
  await healthy('key-provisioner');
});

test('a stopped gateway', async () => {
  docker('stop', platform.container('litellm'));
  expect((await doctor()).ids).toEqual(['gateway-down']);
  docker('start', platform.container('litellm'));
  await healthy('litellm');
});
