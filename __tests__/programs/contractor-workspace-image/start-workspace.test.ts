import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { renderAgentFiles } from '../../../images/key-provisioner/src/agents';
import type { Agent } from '../../../images/key-provisioner/src/configuration';
import { eventually } from '../../contract/support/requests';
import { contextOf, KEY } from '../../unit/agents/context';
import { Workspace } from './workspace';

let workspace: Workspace;
beforeEach(async () => {
  workspace = new Workspace();
  await workspace.open();
  workspace.answers = [configured(['roo-code', 'opencode'])];
});
afterEach(() => workspace.close());

function configured(agents: readonly Agent[], model = 'claude-sonnet-4-5', files: object[] = []) {
  const rendered = renderAgentFiles(agents, contextOf(model, { home: workspace.home }));
  return {
    status: 200,
    body: { files: [...rendered.files, ...files], environment: rendered.environment, key: { reused: false } },
  };
}

const etc = (path: string) => join(workspace.directory, 'etc', path);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const problem = (status: number, detail: string) => ({ status, body: { title: 'No', detail, status } });

test('asks for this workspace with its token and writes the files with their modes', async () => {
  const { code, output } = await workspace.start();
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(workspace.requests).toEqual([
    {
      path: '/api/v1/workspaces/configure',
      authorization: 'Bearer a-workspace-token',
      body: {
        workspace_id: 'workspace-1',
        owner_id: 'owner-1',
        username: 'olivia',
        workspace_name: 'attic',
        agents: ['opencode', 'roo-code'],
        model: 'claude-sonnet-4-5',
      },
    },
  ]);
  expect(workspace.read('.config/litellm/key')).toBe(`${KEY}\n`);
  expect(modeOf(join(workspace.home, '.config/litellm/key'))).toBe('600');
  expect(modeOf(etc('opencode/opencode.json'))).toBe('600');
  expect(output).not.toContain(KEY);
});

test('a person’s own key goes to the key-provisioner and nowhere else', async () => {
  const { output } = await workspace.start({ GATEWAY_API_KEY: 'sk-own "key" $(id)' });
  expect(workspace.requests[0]?.body).toMatchObject({ api_key: 'sk-own "key" $(id)' });
  expect(output).not.toContain('sk-own');
});

test.each([
  ['both', 'roo-code opencode', ['opencode', 'roo-code']],
  ['both', 'zoo-code opencode', ['opencode', 'zoo-code']],
  ['claude-code, codex', 'claude-code codex', ['claude-code', 'codex']],
])('"%s" in an image with %s asks for %j', async (chosen, installed, agents) => {
  await workspace.start({ GATEWAY_AGENTS: chosen, GATEWAY_IMAGE_AGENTS: installed });
  expect(workspace.requests[0]?.body).toMatchObject({ agents });
});

test('without an assistant nothing is asked for and an earlier key is taken away', async () => {
  await workspace.start();
  const { code } = await workspace.start({ GATEWAY_AGENTS: 'none' });
  expect(code).toBe(0);
  expect(workspace.requests).toHaveLength(1);
  expect(workspace.read('.config/litellm/key')).toBeUndefined();
  expect(workspace.read('.config/ai-gateway/environment')).toBeUndefined();
});

test('an agent that is no longer chosen loses its files at the next start', async () => {
  await workspace.start();
  workspace.answers = [configured(['opencode'], 'claude-opus-4')];
  await workspace.start({ GATEWAY_AGENTS: 'opencode' });
  expect(workspace.read('.config/roo-code/settings.json')).toBeUndefined();
  expect(workspace.read('.config/opencode/opencode.json')).toContain('litellm/claude-opus-4');
  expect(workspace.read('.config/ai-gateway/environment')).toContain("export AI_MODEL='claude-opus-4'");
});

test('what the person added to their OpenCode file survives a start, comments too', async () => {
  const own = '{\n  // mine\n  "theme": "nord",\n  "model": "elsewhere/model",\n}\n';
  workspace.write('.config/opencode/opencode.json', own);
  await workspace.start();
  const merged = workspace.read('.config/opencode/opencode.json');
  expect(merged).toContain('// mine');
  expect(merged).toContain('"theme": "nord"');
  expect(merged).toContain('"model": "litellm/claude-sonnet-4-5"');
});

test('while the gateway is unreachable, the configuration of the last start stays', async () => {
  await workspace.start();
  workspace.answers = [problem(503, 'LiteLLM does not answer')];
  const { code, output } = await workspace.start();
  expect(code).toBe(0);
  expect(output).toContain('LiteLLM does not answer; keeping the configuration of the last start');
  expect(workspace.read('.config/litellm/key')).toBe(`${KEY}\n`);
  expect(workspace.read('.local/state/ai-gateway/status')).toContain('keeping the configuration of the last start');
});

test('a first start without a gateway says so and fails, so that Coder shows it', async () => {
  const { code, output } = await workspace.start({ GATEWAY_PROVISIONER_URL: 'http://127.0.0.1:9' });
  expect(code).toBe(1);
  expect(output).toContain('the key-provisioner at http://127.0.0.1:9 does not answer');
});

test('a gateway that comes back is asked again, after as long as it says', async () => {
  const unavailable = { ...problem(503, 'starting'), headers: { 'retry-after': '0' } };
  workspace.answers = [unavailable, unavailable, configured(['opencode'])];
  const { code, output } = await workspace.start({ GATEWAY_START_ATTEMPTS: '3' });
  expect(code).toBe(0);
  expect(output).toContain('starting; retrying in 0 s (attempt 1 of 3)');
  expect(workspace.requests).toHaveLength(3);
});

test('a refusal is not repeated, and its reason is shown', async () => {
  workspace.answers = [problem(403, 'this key was revoked; ask an operator')];
  const { code, output } = await workspace.start({ GATEWAY_START_ATTEMPTS: '3' });
  expect(code).toBe(1);
  expect(output).toContain('this key was revoked; ask an operator');
  expect(workspace.requests).toHaveLength(1);
});

test('a missing variable is named', async () => {
  const { code, output } = await workspace.start({ GATEWAY_WORKSPACE_TOKEN: '' });
  expect(code).toBe(1);
  expect(output).toContain('GATEWAY_WORKSPACE_TOKEN is not set');
});

test.each(['/etc/passwd', '~/.ssh/authorized_keys', '~/.config/x/../../.bashrc', '/tmp/x'])(
  'a file for %s is refused',
  async (path) => {
    const place = path.replace('~', workspace.home);
    workspace.answers = [configured([], undefined, [{ path: place, mode: '0600', content: 'no' }])];
    const { output } = await workspace.start();
    expect(output).toContain('does not belong in a workspace');
    expect(readdirSync(workspace.home)).not.toContain('.ssh');
    expect(readdirSync(workspace.home)).not.toContain('.bashrc');
  },
);

test('values of the environment are data to a shell, whatever they hold', async () => {
  const answer = configured(['opencode']);
  answer.body.environment = { AI_MODEL: "it's $(touch evil) `id`\nnext", 'BAD-NAME;touch evil': 'x' };
  workspace.answers = [answer];
  await workspace.start();
  const file = join(workspace.home, '.config/ai-gateway/environment');
  const seen = execFileSync('sh', ['-c', `. ${file} && printf %s "$AI_MODEL"`], { cwd: workspace.home });
  expect(String(seen)).toBe("it's $(touch evil) `id`\nnext");
  expect(readdirSync(workspace.home)).not.toContain('evil');
});

test('AI features of the editor are off, and the person’s own settings and comments stay', async () => {
  const file = '.local/share/code-server/User/settings.json';
  workspace.write(
    file,
    '{\n  // my colours\n  "workbench.startupEditor": "readme",\n  "chat.disableAIFeatures": false\n}\n',
  );
  await workspace.start();
  const settings = workspace.read(file) ?? '';
  expect(settings).toContain('// my colours');
  expect(JSON.parse(settings.replace('// my colours', ''))).toMatchObject({
    'workbench.startupEditor': 'readme',
    'chat.disableAIFeatures': true,
    'github.copilot.enable': { '*': false },
    'editor.inlineSuggest.enabled': false,
    'cody.enabled': false,
    'roo-cline.autoImportSettingsPath': '/home/coder/.config/roo-code/settings.json',
    'zoo-code.autoImportSettingsPath': '/home/coder/.config/roo-code/settings.json',
    'extensions.autoUpdate': 'off',
  });
});

test('a folder that is opened in the editor is not trusted, also in a workspace of an earlier version', async () => {
  const file = '.local/share/code-server/User/settings.json';
  workspace.write(file, '{ "security.workspace.trust.enabled": false, "task.allowAutomaticTasks": "on" }');
  await workspace.start();
  expect(JSON.parse(workspace.read(file) ?? '')).toMatchObject({
    'security.workspace.trust.enabled': true,
    'task.allowAutomaticTasks': 'off',
  });
});

test('the editor starts in the home directory, wherever start-workspace was run, and asks before it trusts', async () => {
  // In the place of code-server, which no test machine has, and of the waiting for it.
  workspace.write('programs/code-server', '#!/bin/sh\nprintf "%s\\n" "$PWD" "$@" >"$HOME/started"\n');
  chmodSync(join(workspace.home, 'programs/code-server'), 0o755);
  workspace.write('programs/sleep', '#!/bin/sh\n');
  chmodSync(join(workspace.home, 'programs/sleep'), 0o755);
  await workspace.start({ PATH: `${join(workspace.home, 'programs')}:${process.env.PATH}` }, workspace.directory);
  const started = workspace.read('started') ?? '';
  expect(started.split('\n')[0]).toBe(workspace.home);
  expect(started).toContain('--auth\nnone');
  expect(started).not.toContain('workspace-trust');
});

test('editor settings that are not valid JSON are left unchanged', async () => {
  const broken = '{ "half": ';
  workspace.write('.local/share/code-server/User/settings.json', broken);
  const { code, output } = await workspace.start();
  expect(code).toBe(0);
  expect(output).toContain('left unchanged');
  expect(workspace.read('.local/share/code-server/User/settings.json')).toBe(broken);
});

describe('with a git repository', () => {
  const NAME = `it's $(touch evil) ;rm -rf "x" ünï`;
  let origin: string;
  beforeEach(() => {
    origin = join(workspace.directory, `${NAME}.git`);
    mkdirSync(origin);
    const git = (...args: string[]) => execFileSync('git', ['-C', origin, ...args], { stdio: 'pipe' });
    git('init', '--quiet');
    writeFileSync(join(origin, 'readme'), 'hello');
    writeFileSync(join(origin, 'install.sh'), '#!/bin/sh\nenv > "$HOME/installed"\n', { mode: 0o755 });
    git('add', '.');
    git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--message', 'first');
  });

  test('clones it once, whatever its name holds, and leaves the person’s changes alone', async () => {
    await workspace.start({ GATEWAY_GIT_REPOSITORY: origin });
    expect(workspace.read(`${NAME}/readme`)).toBe('hello');
    workspace.write(`${NAME}/readme`, 'changed');
    await workspace.start({ GATEWAY_GIT_REPOSITORY: origin });
    expect(workspace.read(`${NAME}/readme`)).toBe('changed');
    expect(readdirSync(workspace.home)).not.toContain('evil');
  });

  test('a repository that cannot be cloned leaves nothing behind and does not stop the start', async () => {
    const { code, output } = await workspace.start({ GATEWAY_GIT_REPOSITORY: `${origin}-not-there` });
    expect(code).toBe(0);
    expect(output).toContain('could not be cloned');
    expect(readdirSync(workspace.home).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test.each(['--upload-pack=touch evil', 'ext::sh -c "touch evil"', '..', '/'])('%s runs nothing', async (url) => {
    const { code } = await workspace.start({ GATEWAY_GIT_REPOSITORY: url });
    expect(code).toBe(0);
    expect(readdirSync(workspace.home).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test('git is told the password without writing it down', async () => {
    const env = { GATEWAY_GIT_USERNAME: 'ol ivia', GATEWAY_GIT_PASSWORD: `p'"$(x)%` };
    await workspace.start({ ...env, GATEWAY_GIT_REPOSITORY: 'http://127.0.0.1:9/x.git' });
    const filled = execFileSync('git', ['credential', 'fill'], {
      input: 'protocol=http\nhost=127.0.0.1:9\n\n',
      env: { PATH: process.env.PATH, HOME: workspace.home, GIT_TERMINAL_PROMPT: '0' },
    });
    expect(String(filled)).toContain(`username=ol ivia\npassword=p'"$(x)%\n`);
    execFileSync('git', ['credential-cache', 'exit'], { env: { PATH: process.env.PATH, HOME: workspace.home } });
    expect(() => execFileSync('grep', ['-rF', `p'"$(x)%`, workspace.home])).toThrow();
  });

  test('dotfiles are installed without seeing a secret', async () => {
    await workspace.start({
      GATEWAY_DOTFILES: origin,
      GATEWAY_API_KEY: 'sk-own',
      GATEWAY_GIT_PASSWORD: 'git-secret',
    });
    const seen = workspace.read('installed');
    expect(seen).toContain('HOME=');
    expect(seen).not.toMatch(/a-workspace-token|sk-own|git-secret/);
  });
});

describe('the listener of a workspace with Claude Code', () => {
  const started = () => {
    const claude = renderAgentFiles(
      ['claude-code'],
      contextOf(undefined, { home: workspace.home, listenerPort: 14000 }),
    );
    const environment = { ...claude.environment, AI_GATEWAY_URL: workspace.url };
    workspace.answers = [{ status: 200, body: { files: claude.files, environment, key: { reused: false } } }];
    return workspace.start({ GATEWAY_AGENTS: 'claude-code' });
  };
  const ask = async () => (await fetch(`http://127.0.0.1:${workspace.listenerPort}/hello`)).status;
  const processOf = (path: string) => Number(workspace.read(`.local/state/ai-gateway/${path}`));

  test('is told to the key-provisioner, and forwards to the gateway', async () => {
    expect(await started()).toMatchObject({ code: 0 });
    expect(workspace.requests[0]?.path).toBe(`/api/v1/workspaces/configure?listener=${workspace.listenerPort}`);
    expect(await ask()).toBe(200);
    expect(workspace.requests.at(-1)?.path).toBe('/hello');
  });

  test('is started again when it ends, and once only by a second start', async () => {
    await started();
    const supervisor = processOf('listener.pid');
    const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim();
    process.kill(Number(children), 'SIGKILL');
    await eventually(async () => expect(await ask()).toBe(200));
    expect(await started()).toMatchObject({ code: 0 });
    expect(processOf('listener.pid')).toBe(supervisor);
  });

  test('writes down that its port is taken', async () => {
    const taken = createServer().listen(workspace.listenerPort, '127.0.0.1');
    await once(taken, 'listening');
    await started();
    await eventually(async () =>
      expect(workspace.read('.local/state/ai-gateway/listener.log')).toContain('Address already in use'),
    );
    taken.close();
  });
});
