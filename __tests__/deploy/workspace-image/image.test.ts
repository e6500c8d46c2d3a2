import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { COMMANDS } from '../../contract/agents/support/clients';
import { docker, REPOSITORY, succeed } from '../support/commands';
import { workspaceImage } from '../workspace/machine';

/** The image, built, and a workspace of it that gets its files from the real key-provisioner before the real LiteLLM. */

const CONTAINER = `workspace-image-test-${process.pid}`;
const VOLUME = `${CONTAINER}-home`;
const EDITOR_PORT = '23337';

const versions: Record<string, { version: string }> = JSON.parse(
  readFileSync(join(REPOSITORY, 'images/contractor-workspace/versions.json'), 'utf8'),
);
const PROGRAMS = {
  ...COMMANDS,
  aider: '/opt/aider/bin/aider',
  'code-server': 'code-server',
};

interface Demo {
  readonly gatewayUrl: string;
  readonly provisionerUrl: string;
  readonly workspaceIdentitySecret: string;
  readonly directory: string;
}
let demo: Demo;
let image: string;

function startWorkspace(model: string): void {
  const identity = { workspace_id: 'workspace-1', owner_id: 'owner-1', username: 'olivia' };
  const environment = {
    GATEWAY_PROVISIONER_URL: demo.provisionerUrl,
    GATEWAY_WORKSPACE_TOKEN: workspaceToken(demo.workspaceIdentitySecret, identity),
    CODER_WORKSPACE_ID: identity.workspace_id,
    GATEWAY_OWNER_ID: identity.owner_id,
    CODER_WORKSPACE_OWNER_NAME: identity.username,
    CODER_WORKSPACE_NAME: 'attic',
    GATEWAY_AGENTS: 'roo-code,opencode,claude-code,codex,cline,kilo-code,copilot,aider',
    GATEWAY_MODEL: model,
    GATEWAY_EDITOR_PORT: EDITOR_PORT,
  };
  docker(
    ...['run', '--detach', '--name', CONTAINER, '--network', 'host', '--volume', `${VOLUME}:/home/coder`],
    ...['--memory', '2g', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    image,
  );
  inside('until [[ -e /etc/opencode/opencode.json ]]; do sleep 0.2; done; flock ~/.local/state/ai-gateway/lock true');
}

const inside = (script: string): string => docker('exec', CONTAINER, 'bash', '-lc', script);
const json = (path: string) => JSON.parse(inside(`cat ${path}`));

beforeAll(() => {
  image = workspaceImage();
  const settings = join(__dirname, 'settings.yaml');
  const args = ['--import', 'tsx', 'demo/main.ts', '--detach', '--json', '--mock', '--settings', settings];
  demo = JSON.parse(succeed('node', args, { cwd: REPOSITORY }));
  startWorkspace('claude-sonnet-4-5');
}, 2_400_000);

afterAll(() => {
  docker('rm', '--force', CONTAINER);
  docker('volume', 'rm', '--force', VOLUME);
  if (demo) succeed('node', ['--import', 'tsx', 'demo/stop.ts', '--directory', demo.directory]);
});

test('the person is coder, uid 1000, and cannot become root', () => {
  expect(inside('id -un; id -u; id -G')).toBe('coder\n1000\n1000');
  expect(inside('command -v sudo doas pkexec || echo none')).toBe('none');
});

test('the agents are the pinned ones', () => {
  for (const [agent, program] of Object.entries(PROGRAMS))
    expect(inside(`${program} --version`)).toContain(versions[agent]?.version);
});

test('OpenCode runs nothing of the folder it is started in, unless it is started past its wrapper', () => {
  const module = 'node_modules/esprima/index.js';
  inside(
    `cd && mkdir -p hostile/node_modules/esprima && echo 'require("fs").writeFileSync("/tmp/ran", "")' >hostile/${module}`,
  );
  const ran = (program: string) =>
    inside(
      `cd ~/hostile && rm -f /tmp/ran && ${program} --version >/dev/null && ls /tmp/ran 2>/dev/null || echo nothing`,
    );
  expect([ran('opencode'), ran('/opt/agents/bin/opencode')]).toEqual(['nothing', '/tmp/ran']);
  inside('rm -rf ~/hostile /tmp/ran');
});

test('git takes no bare repository among files for a repository', () => {
  expect(inside('git config safe.bareRepository')).toBe('explicit');
});

test('no competing assistant is in the image', () => {
  expect(inside('ls $(npm root -g)/code-server/lib/vscode/extensions')).not.toMatch(/copilot/);
  expect(inside('ls $(npm root -g)/code-server/lib/vscode/node_modules/@github')).not.toContain('copilot-sdk-linux');
  const installed = inside('code-server --extensions-dir /opt/code-server/extensions --list-extensions');
  expect(installed.toLowerCase()).not.toMatch(/github\.copilot|sourcegraph\.cody-ai/);
});

test('ripgrep is where older extensions look for it', () => {
  expect(inside('$(npm root -g)/code-server/lib/vscode/node_modules/@vscode/ripgrep/bin/rg --version')).toContain(
    'ripgrep',
  );
});

test('the image says which editor extensions it goes without', () => {
  const list = inside('ls /opt/code-server/extensions; cat /opt/code-server/extensions/MISSING 2>/dev/null || true');
  expect(list.toLowerCase()).toContain('rooveterinaryinc.roo-cline');
});

test('AI features of the editor are off, and Roo finds its file', () => {
  expect(json('~/.local/share/code-server/User/settings.json')).toMatchObject({
    'chat.disableAIFeatures': true,
    'github.copilot.enable': { '*': false },
    'editor.inlineSuggest.enabled': false,
    'cody.enabled': false,
    'roo-cline.autoImportSettingsPath': '/home/coder/.config/roo-code/settings.json',
  });
  const roo = json('/home/coder/.config/roo-code/settings.json');
  expect(roo.providerProfiles.apiConfigs.gateway).toMatchObject({ openAiBaseUrl: `${demo.gatewayUrl}/v1` });
});

test('the editor answers, on this container’s loopback only', () => {
  const port = Number(EDITOR_PORT).toString(16).toUpperCase();
  expect(inside(`curl -fsS http://127.0.0.1:${EDITOR_PORT}/healthz`)).toContain('status');
  const listening = inside(`grep -hi ':${port} ' /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" { print $2 }'`);
  expect(listening).toBe(`0100007F:${port}`);
});

test('files with the key are their owner’s alone, and the key and token are in no environment and no argument', () => {
  const key = inside('cat ~/.config/litellm/key');
  const holders = inside(`grep -rlF -- "$(cat ~/.config/litellm/key)" ~ /etc /tmp 2>/dev/null || true`).split('\n');
  expect(holders.sort()).toEqual([
    '/home/coder/.config/aider/models.yml',
    '/home/coder/.config/cline/providers.json',
    '/home/coder/.config/litellm/key',
    '/home/coder/.config/roo-code/settings.json',
  ]);
  for (const path of [...holders, '/etc/opencode/opencode.json', '/etc/claude-code/managed-settings.json'])
    expect(`${path} ${inside(`stat -c '%a %U' ${path}`)}`).toBe(`${path} 600 coder`);

  // Not this very command's: `docker exec` gives it the container's original environment.
  const visible = inside('for pid in 1 $(pgrep -x node); do tr "\\0" "\\n" </proc/$pid/environ; done');
  const commands = inside('cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"');
  expect(commands).toContain('code-server');
  expect(commands).not.toContain(key);
  expect(visible).toContain('CODER_WORKSPACE_ID=workspace-1');
  expect(visible).not.toContain(key);
  expect(visible).not.toContain('GATEWAY_WORKSPACE_TOKEN');
});

// LiteLLM's own mock does not answer /v1/responses, which Codex speaks, and answers the stream that Cline and GitHub Copilot CLI
// ask for in one piece, which they do not read: these are tried in the contract tests.
test.each([
  ['OpenCode', 'opencode run hello'],
  ['Claude Code', 'claude -p hello'],
  ['Kilo Code', 'kilo run hello'],
  ['aider', 'aider --yes-always --message hello'],
])('%s gets an answer from the gateway', (_name, start) => {
  const output = inside(`mkdir -p ~/project && cd ~/project && git init -q . && ${start} 2>&1`);
  expect(output).toContain('answered by the gateway itself');
  expect(output).not.toMatch(/error|exception|refused/i);
});

test('the dashboard’s line, the person’s table and the list of models', () => {
  expect(inside('ai-usage --metadata')).toMatch(/^\$\d+\.\d\d of \$\d+\.\d\d left$/);
  expect(inside('ai-usage')).toMatch(/this workspace +\[[#.]{20}\]/);
  expect(inside('ai-models')).toMatch(/claude-sonnet-4-5 .*this workspace's/);
});

test('the next start has the same key, the new model and the person’s files', () => {
  const key = inside('cat ~/.config/litellm/key');
  inside('echo mine > ~/note');
  docker('rm', '--force', CONTAINER);
  startWorkspace('claude-opus-4');
  expect(inside('cat ~/.config/litellm/key')).toBe(key);
  expect(inside('cat ~/note')).toBe('mine');
  expect(json('~/.config/opencode/opencode.json').model).toBe('litellm/claude-opus-4');
  expect(json('/etc/claude-code/managed-settings.json').env.ANTHROPIC_MODEL).toBe('claude-opus-4');
});
