import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { docker, dockerQuietly, prepareMachine } from './machine';
import { Template, type Workspace } from './template';

let template: Template;
let workspace: Workspace;

beforeAll(() => {
  template = new Template(prepareMachine());
  docker('network', 'create', '--internal', `${template.name}-edge`);
  workspace = template.workspace({ name: 'alpha', owner: 'ann' });
}, 1_200_000);
afterAll(() => {
  template.remove();
  dockerQuietly('network', 'rm', `${template.name}-edge`);
});

const names = (kind: 'container' | 'network' | 'volume') => {
  const list = {
    container: ['ps', '-a', '--format', '{{.Names}}'],
    network: ['network', 'ls', '--format', '{{.Name}}'],
    volume: ['volume', 'ls', '--format', '{{.Name}}'],
  }[kind];
  const found = docker(...list, '--filter', `label=coder.workspace_id=${workspace.id}`);
  return found.split('\n').filter(Boolean).sort();
};
const inspect = (name: string) => JSON.parse(docker('inspect', name))[0];
const environment = () =>
  Object.fromEntries(
    (inspect(workspace.container).Config.Env as string[]).map((entry) => [
      entry.slice(0, entry.indexOf('=')),
      entry.slice(entry.indexOf('=') + 1),
    ]),
  );

test('the template is a clean directory that Coder’s packer takes as it is', () => {
  expect(readdirSync(template.exported).sort()).toEqual([
    '.terraform.lock.hcl',
    'README.md',
    'cdk.tf.json',
    'params.tf',
  ]);
  const locked = readFileSync(path.join(template.exported, '.terraform.lock.hcl'), 'utf8');
  expect([...locked.matchAll(/provider "(.*)" \{\n +version += "(.*)"/g)].map(([, ...provider]) => provider)).toEqual([
    ['registry.terraform.io/coder/coder', '2.20.0'],
    ['registry.terraform.io/kreuzwerker/docker', '4.6.0'],
  ]);
});

test('a secret that is too short stops the plan', () => {
  expect(() => workspace.start({}, { TF_VAR_workspace_identity_secret: 'short' })).toThrow(
    /workspace_identity_secret must have at least\s+32 characters/,
  );
});

test('a value that is not on offer stops the plan', () => {
  expect(() => workspace.start({ memory: '64' })).toThrow(/64/);
  expect(() => workspace.start({ ai_model: 'gpt-2' })).toThrow(/gpt-2/);
});

test('start brings container, door, network and home', () => {
  workspace.start();
  expect(names('container')).toEqual([workspace.door, workspace.container].sort());
  expect(names('network')).toEqual([workspace.container]);
  expect(names('volume')).toEqual([workspace.volume]);
  expect(inspect(workspace.door).State.Health.Status).toBe('healthy');
  workspace.exec('sh', '-c', 'echo mine >/home/coder/file');
});

test('the limits are those of the running container', () => {
  const { HostConfig } = inspect(workspace.container);
  expect(HostConfig).toMatchObject({
    Memory: 4 * 1024 ** 3,
    MemorySwap: 4 * 1024 ** 3,
    CpuQuota: 200_000,
    CpuPeriod: 100_000,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true'],
    Privileged: false,
    RestartPolicy: expect.objectContaining({ Name: 'unless-stopped' }),
  });
  expect(workspace.exec('cat', '/proc/self/limits')).toMatch(/Max processes +16384 +16384/);
  expect(workspace.exec('sh', '-c', 'grep CapBnd /proc/self/status')).toMatch(/0000000000000000$/);
});

test('the workspace holds the token that the key-provisioner expects of it, and no secret of the platform', () => {
  expect(environment()['GATEWAY_WORKSPACE_TOKEN']).toBe(
    workspaceToken(template.secret, { workspace_id: workspace.id, owner_id: workspace.ownerId, username: 'ann' }),
  );
  expect(JSON.stringify([inspect(workspace.container), inspect(workspace.door)])).not.toContain(template.secret);
  expect(workspace.state).not.toContain(template.secret);
});

test('stop takes everything away but the home', () => {
  workspace.stop();
  expect(names('container')).toEqual([]);
  expect(names('network')).toEqual([]);
  expect(names('volume')).toEqual([workspace.volume]);
});

test('the next start has the same home, and what was changed meanwhile', () => {
  const odd = `https://git.example.com/a b.git?x='"$(touch /tmp/pwned)\`id\`\${HOME}%{if}&;\\`;
  workspace.start({
    cpu: '4',
    memory: '8',
    ai_assistant: 'opencode',
    ai_model: 'claude-haiku-4-5',
    ai_api_key: 'sk-own',
    git_repository: odd,
    git_username: 'ann',
    git_password: odd,
    dotfiles: odd,
  });
  expect(workspace.exec('cat', '/home/coder/file')).toBe('mine');
  expect(inspect(workspace.container).HostConfig).toMatchObject({ Memory: 8 * 1024 ** 3, CpuQuota: 400_000 });
  expect(environment()).toMatchObject({
    GATEWAY_AGENTS: 'opencode',
    GATEWAY_MODEL: 'claude-haiku-4-5',
    GATEWAY_API_KEY: 'sk-own',
    GATEWAY_GIT_REPOSITORY: odd,
    GATEWAY_GIT_USERNAME: 'ann',
    GATEWAY_GIT_PASSWORD: odd,
    GATEWAY_DOTFILES: odd,
    GATEWAY_DISK_GB: '20',
    GIT_AUTHOR_NAME: 'Some "Body" $HOME',
  });
});

test('a container that died outside Terraform is there again after the next start', () => {
  docker('rm', '--force', workspace.container, workspace.door);
  workspace.start();
  expect(workspace.exec('cat', '/home/coder/file')).toBe('mine');
});

test('deleting the workspace leaves nothing', () => {
  workspace.delete();
  expect([names('container'), names('network'), names('volume')]).toEqual([[], [], []]);
});
