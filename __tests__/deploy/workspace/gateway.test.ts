import { docker } from '../support/commands';
import { TestPlatform } from '../support/platform';
import { prepareMachine, workspaceImage } from './machine';
import { Template, type Workspace } from './template';

/** The deployed platform, the real workspace image and the door between them. Models are answered by LiteLLM itself. */
jest.setTimeout(15 * 60_000);

const SCRIPT = 'start-workspace; exec sleep infinity';
const started = { CODER_AGENT_SCRIPT_linux_amd64: SCRIPT, CODER_AGENT_SCRIPT_linux_arm64: SCRIPT };
const GATEWAY_KEY = '/home/coder/.config/litellm/key';

let platform: TestPlatform;
let template: Template;
let workspace: Workspace;

beforeAll(async () => {
  const machine = prepareMachine();
  const image = workspaceImage();
  platform = await TestPlatform.open();
  platform.configure();
  platform.deploy();
  template = new Template(
    machine,
    { name: platform.name, images: { workspace: image } },
    platform.secrets.workspace_identity_secret,
  );
  workspace = template.workspace({ name: 'alpha', owner: 'ann' });
});
afterAll(() => {
  template?.remove();
  platform?.close();
});

/** Waits until `start-workspace` has written its configuration. */
function ready(): void {
  workspace.exec(
    'bash',
    '-c',
    `for i in {1..120}; do curl -fs http://127.0.0.1:13337/healthz >/dev/null && exit 0; sleep 1; done; cat ~/.local/state/ai-gateway/start.log; exit 1`,
  );
}

/** Output of a command as the person's own shell would run it. */
const shell = (command: string) => workspace.exec('bash', '-lc', command);

interface KeyInfo {
  name: string;
  spend: number;
  max_budget: number;
  username: string;
}

async function keysOfPlatform(): Promise<KeyInfo[]> {
  const response = await fetch(`${platform.provisionerUrl}/api/v1/admin/keys`, {
    headers: { authorization: `Bearer ${platform.secrets.provisioner_admin_token}` },
  });
  return ((await response.json()) as { keys: KeyInfo[] }).keys;
}

const completion = `curl -s -o /dev/null -w '%{http_code}' http://litellm:4000/v1/chat/completions \
  -H "Authorization: Bearer $(cat ${GATEWAY_KEY})" -H 'Content-Type: application/json' \
  -d '{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"hello"}]}'`;

test('a workspace starts with its own key and a completion', async () => {
  workspace.start({}, started);
  ready();
  expect(shell(completion)).toBe('200');
  expect((await keysOfPlatform()).map(({ name }) => name)).toEqual([`workspace-${workspace.id}`]);
});

test('the key is in owner-only files, and in no process list, container environment or Terraform state', () => {
  const key = shell(`cat ${GATEWAY_KEY}`);
  expect(key).toMatch(/^sk-/);
  expect(
    shell(`grep -rlF "$(cat ${GATEWAY_KEY})" /home/coder /etc /opt /tmp /run 2>/dev/null | xargs stat -c %a | sort -u`),
  ).toBe('600');
  expect(docker('inspect', workspace.container)).not.toContain(key);
  expect(docker('top', workspace.container, '-eo', 'pid,args')).not.toContain(key);
  expect(workspace.state).not.toContain(key);
});

test('what the person runs does not inherit the workspace’s token', () => {
  const visible = workspace.exec('bash', '-c', 'tr "\\0" "\\n" < /proc/$(pgrep -f code-server | head -1)/environ');
  expect(visible).not.toContain('GATEWAY_WORKSPACE_TOKEN');
});

test('the master key and the other secrets of the platform are nowhere in a workspace', () => {
  const everything = docker('inspect', workspace.container, workspace.door) + workspace.state;
  for (const name of [
    'litellm_master_key',
    'litellm_salt_key',
    'provisioner_admin_token',
    'key_derivation_secret',
    'workspace_identity_secret',
    'anthropic_api_key',
  ] as const)
    expect([name, everything.includes(platform.secrets[name])]).toEqual([name, false]);
});

test('the admin routes answer on the host and do not exist from inside', () => {
  const bearer = `-H "Authorization: Bearer ${platform.secrets.litellm_master_key}"`;
  const inside = (url: string) => shell(`curl -s -o /dev/null -w '%{http_code}' ${bearer} '${url}' --path-as-is`);
  for (const path of ['/ui/', '/key/list', '/v1/../key/list', '/v1/%2e%2e/key/list', '//key/list', '/health'])
    expect([path, inside(`http://litellm:4000${path}`)]).toEqual([path, '404']);
  expect(inside('http://key-provisioner:8100/api/v1/admin/keys')).toBe('404');
});

test('the person sees what is left', () => {
  expect(shell('ai-usage --metadata')).toMatch(/of \$10\.00/);
  expect(shell('ai-models')).toContain('claude-haiku-4-5');
});

test('the second start has the same key, its spend and the newly chosen model', async () => {
  const before = shell(`cat ${GATEWAY_KEY}`);
  workspace.stop();
  workspace.start({ ai_model: 'claude-haiku-4-5', ai_assistant: 'opencode' }, started);
  ready();
  expect(shell(`cat ${GATEWAY_KEY}`)).toBe(before);
  expect(shell('cat ~/.config/opencode/opencode.json /etc/opencode/opencode.json 2>/dev/null')).toContain(
    'litellm/claude-haiku-4-5',
  );
  for (let tries = 0; tries < 40 && !(await keysOfPlatform())[0]?.spend; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await keysOfPlatform())[0]?.spend).toBeGreaterThan(0);
});

test('a key revoked by an operator stays revoked over the next start', async () => {
  const response = await fetch(`${platform.provisionerUrl}/api/v1/admin/keys/workspace-${workspace.id}/revoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${platform.secrets.provisioner_admin_token}` },
  });
  expect(response.status).toBeLessThan(300);
  expect(shell(completion)).toBe('401');
  workspace.stop();
  workspace.start({}, started);
  ready();
  expect(shell(completion)).toBe('401');
});

test('deleting the workspace leaves nothing on the daemon', () => {
  workspace.delete();
  const label = `label=coder.workspace_id=${workspace.id}`;
  expect(docker('ps', '--all', '--quiet', '--filter', label)).toBe('');
  expect(docker('volume', 'ls', '--quiet', '--filter', label)).toBe('');
  expect(docker('network', 'ls', '--quiet', '--filter', label)).toBe('');
});
