import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../../contract/support/requests';
import { Workspace } from './workspace';

const IMAGE = join(__dirname, '../../../images/contractor-workspace');

let workspace: Workspace;
beforeEach(async () => {
  workspace = new Workspace();
  await workspace.open();
});
afterEach(() => workspace.close());

const info = {
  name: 'workspace-1',
  scope: 'workspace',
  state: 'active',
  spend: 6.804,
  max_budget: 10,
  budget_duration: '30d',
  budget_reset_at: '2026-12-01T00:00:00Z',
  rpm_limit: 60,
  tpm_limit: null,
  models: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
  expires: '2026-12-20T00:00:00Z',
};

function ready(body: object = info, status = 200) {
  workspace.write('.config/litellm/key', 'sk-a-key\n');
  workspace.write(
    '.config/ai-gateway/environment',
    `export AI_PROVISIONER_URL='${workspace.url}'\nexport AI_MODEL='claude-sonnet-4-5'\n`,
  );
  workspace.write('.local/state/ai-gateway/status', 'ready\n');
  workspace.answers = [{ status, body }];
}

test('ai-usage asks with the key from its file and shows what is left as a bar', async () => {
  ready();
  const { code, output } = await workspace.run('ai-usage');
  expect(code).toBe(0);
  expect(workspace.requests[0]).toMatchObject({ path: '/api/v1/keys/info', authorization: 'Bearer sk-a-key' });
  expect(output).toContain('[#######.............] $3.20 of $10.00 left, resets on 2026-12-01');
  expect(output).toContain('60 requests a minute');
});

test('ai-usage --metadata is one line with the tighter of the two limits', async () => {
  ready({ ...info, person: { spend: 39.5, max_budget: 40, budget_reset_at: null } });
  expect(await workspace.run('ai-usage', ['--metadata'])).toEqual({ code: 0, output: '$0.50 of $40.00 left\n' });
});

test('ai-usage --metadata of a workspace that starts for the first time waits for its key', async () => {
  const asked = workspace.run('ai-usage', ['--metadata']);
  await setTimeout(1500);
  ready();
  expect(await asked).toEqual({ code: 0, output: '$3.20 of $10.00 left\n' });
});

test('ai-usage --metadata says revoked where the key is', async () => {
  ready({ ...info, state: 'revoked' });
  expect((await workspace.run('ai-usage', ['--metadata'])).output).toBe('revoked\n');
});

test.each([
  [0, '[####################] $10.00 of $10.00 left'],
  [5, '[##########..........] $5.00 of $10.00 left'],
  [9.99, '[#...................] $0.01 of $10.00 left'],
  [12, '[....................] $0.00 of $10.00 left'],
])('after $%d of ten the bar is as full as the budget', async (spend, bar) => {
  ready({ ...info, spend });
  expect((await workspace.run('ai-usage')).output).toContain(bar);
});

test('a person’s own key without a budget shows what was spent', async () => {
  ready({ ...info, max_budget: null, budget_reset_at: null, rpm_limit: null, expires: null });
  const { code, output } = await workspace.run('ai-usage');
  expect(code).toBe(0);
  expect(output).toContain('$6.80 spent');
});

test('the greeting names the model and what is left', async () => {
  ready();
  const { output } = await workspace.run('ai-usage', ['--greeting']);
  expect(output).toContain('AI: claude-sonnet-4-5, [#######.............] $3.20 of $10.00 left');
});

describe('past 75 % and past 95 % of a budget', () => {
  const warning = async (spend: number, rest: object = {}) => {
    ready({ ...info, spend, ...rest });
    return (await workspace.run('ai-usage', ['--warning'])).output;
  };

  test('a line, once for each threshold and window', async () => {
    expect(await warning(7.4)).toBe('');
    expect(await warning(7.6)).toBe(
      "AI: 76% of this workspace's budget is used; $2.40 of $10.00 left, resets on 2026-12-01\n",
    );
    expect(await warning(8)).toBe('');
    expect(await warning(9.6)).toContain('AI: 96% of');
    expect(await warning(9.9)).toBe('');
    expect(await warning(7.6, { budget_reset_at: '2026-12-31T00:00:00Z' })).toContain('AI: 76% of');
  });

  test("a person's budget counts where it is fuller", async () => {
    const person = { spend: 39.5, max_budget: 40, budget_reset_at: null };
    expect(await warning(1, { person })).toBe('AI: 98% of your budget is used; $0.50 of $40.00 left, resets never\n');
  });

  test('the greeting says so too, and then no other terminal', async () => {
    ready({ ...info, spend: 7.6 });
    expect((await workspace.run('ai-usage', ['--greeting'])).output).toContain('AI: 76% of');
    expect((await workspace.run('ai-usage', ['--greeting'])).output).not.toContain('AI: 76% of');
  });

  test('an open shell says it before a prompt, without waiting for the answer', async () => {
    ready({ ...info, spend: 7.6 });
    const env = {
      HOME: workspace.home,
      PATH: `${join(IMAGE, 'bin')}:${process.env.PATH}`,
      AI_GREETED: '1',
      AI_WARNING_SECONDS: '0',
    };
    const shell = spawn('script', ['--quiet', '--command', 'bash --norc -i', '/dev/null'], { env });
    let screen = '';
    shell.stdout.setEncoding('utf8').on('data', (text) => {
      screen += text;
    });
    shell.stdin.write(`. ${join(IMAGE, 'etc/profile.sh')}\n`);
    // Each empty line is another prompt.
    const typing = setInterval(() => shell.stdin.write('\n'), 300);
    await eventually(async () => expect(screen).toContain("AI: 76% of this workspace's budget is used"), 30);
    clearInterval(typing);
    shell.stdin.end('exit\n');
    await once(shell, 'close');
  });
});

test.each([
  [401, 'key not accepted'],
  [500, 'usage unknown'],
])('status %i gives Coder one line and the person a reason', async (status, line) => {
  ready({ detail: 'a reason' }, status);
  expect(await workspace.run('ai-usage', ['--metadata'])).toEqual({ code: 0, output: `${line}\n` });
  expect((await workspace.run('ai-usage')).code).toBe(1);
});

test('ai-usage in a workspace without AI says where to look', async () => {
  const { code, output } = await workspace.run('ai-usage');
  expect(code).toBe(1);
  expect(output).toContain('start.log');
});

test('ai-models lists names, use, context and prices, and marks the chosen one', async () => {
  const prices = { input: 3, output: 15, cache_write: 3.75, cache_read: 0.3 };
  const model = { name: 'claude-sonnet-4-5', title: 'S', use: 'balanced', context: 200_000, output: 64_000, prices };
  const models = { chosen: model.name, small: 'x', models: [model] };
  workspace.write('.config/ai-gateway/models.json', JSON.stringify(models));
  const { output } = await workspace.run('ai-models');
  expect(output).toMatch(/claude-sonnet-4-5 +balanced +200k +\$3 +\$15 +this workspace's/);
});

test('workspace-entrypoint hands secrets over by file and starts the command without them', async () => {
  const secrets = { GATEWAY_WORKSPACE_TOKEN: 'token-1', GATEWAY_API_KEY: 'sk-own', GATEWAY_GIT_PASSWORD: 'git-secret' };
  const { output } = await workspace.run('workspace-entrypoint', ['env'], secrets);
  expect(output).toContain('CODER_WORKSPACE_ID=workspace-1');
  expect(output).not.toMatch(/token-1|sk-own|git-secret/);

  workspace.answers = [{ status: 403, body: { detail: 'no' } }];
  const { GATEWAY_WORKSPACE_TOKEN, GATEWAY_API_KEY } = { GATEWAY_WORKSPACE_TOKEN: '', GATEWAY_API_KEY: '' };
  await workspace.start({ GATEWAY_WORKSPACE_TOKEN, GATEWAY_API_KEY });
  expect(workspace.requests[0]).toMatchObject({ authorization: 'Bearer token-1', body: { api_key: 'sk-own' } });
});

test('workspace-entrypoint forgets a secret that the template no longer passes', async () => {
  await workspace.run('workspace-entrypoint', ['true'], { GATEWAY_API_KEY: 'sk-own' });
  await workspace.run('workspace-entrypoint', ['true']);
  expect(readdirSync(join(workspace.directory, 'secrets'))).toEqual(['GATEWAY_WORKSPACE_TOKEN']);
});

test('codex says at once that the gateway is unreachable', async () => {
  const env = { AI_GATEWAY_URL: 'http://127.0.0.1:9', CODEX_PROGRAM: '/bin/false' };
  const { code, output } = await workspace.run('codex', ['exec', 'hello'], env);
  expect(code).toBe(1);
  expect(output).toContain('the AI gateway at http://127.0.0.1:9 does not answer');
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
(shellcheck ? test : test.skip)('every shell program passes shellcheck', () => {
  const files = ['bin', 'build', 'lib', 'etc'].flatMap((folder) =>
    readdirSync(join(IMAGE, folder))
      .map((name) => join(folder, name))
      .filter((name) => !/\.(js|json|jq|py)$/.test(name) && !name.endsWith('node_modules')),
  );
  execFileSync('shellcheck', ['-x', '-P', 'SCRIPTDIR', ...files], { cwd: IMAGE, stdio: 'pipe', encoding: 'utf8' });
});
