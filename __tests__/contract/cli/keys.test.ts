import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashKey } from '../../../images/key-provisioner/src/keys/derivation';
import { Client, newWorkspace } from '../key-provisioner/client';
import { type StandInCoder, startStandInCoder } from '../key-provisioner/stand-in-coder';
import { chat, eventually, send } from '../support/requests';
import { type Gateway, startGateway } from '../support/start-gateway';
import { addresses, gateway as cli, onTerminal, type RunOptions } from './run-cli';

// Each command is a process of its own.

let coder: StandInCoder;
let running: Gateway;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-cli-'));
  coder = await startStandInCoder();
  running = await startGateway({ keyProvisioner: { CODER_URL: coder.url, CODER_TOKEN: coder.token } });
  env = addresses(running);
});
afterAll(async () => {
  await running?.stop();
  await coder?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const keys = (arguments_: string[], options: RunOptions = {}) => cli(['keys', ...arguments_], { env, ...options });
const create = async (...arguments_: string[]) => JSON.parse((await keys(['create', ...arguments_, '--json'])).stdout);

test('a CI key is issued, works, and is limited as its policy says', async () => {
  const { code, stdout } = await keys(['create', 'ci', 'acme/web', '--json']);
  expect(code).toBe(0);
  const issued = JSON.parse(stdout);
  expect(issued).toMatchObject({ name: 'ci-acme/web', reused: false, max_budget: 5, rpm_limit: 30 });
  expect(issued.models).toEqual(['claude-haiku-4-5']);
  expect((await chat(running.url, issued.key, 'claude-haiku-4-5')).status).toBe(200);
  expect((await chat(running.url, issued.key, 'claude-sonnet-4-5')).status).toBe(400);
});

test('asking again gives the same key, in a file for its owner alone', async () => {
  const first = await create('ci', 'acme/again');
  const file = join(folder, 'again.key');
  const { code, stdout } = await keys(['create', 'ci', 'acme/again', '--output', file]);
  expect(code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(`${first.key}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(stdout).toContain('existing key, written to');
  expect(stdout).not.toContain(first.key);
});

test('a key never goes into a pipe unless somebody asked for it', async () => {
  const { code, stdout, stderr } = await keys(['create', 'agent', 'review']);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('--output FILE');
  // Nothing was made either.
  expect((await keys(['info', 'agent-review'])).code).toBe(3);
});

test('on a terminal a key is shown, with what it may do', async () => {
  const { code, stdout } = await onTerminal(['keys', 'create', 'agent', 'write', '--budget', '7.5'], 100, { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/agent-write.*shown only once/);
  expect(stdout).toMatch(/^ {2}sk-\S+\r$/m);
  expect(stdout).toContain('$7.50 per 30d');
});

test('limits given on the command line override the policy', async () => {
  const issued = await create(
    'ci',
    'acme/big',
    '--budget',
    '9',
    '--rpm',
    '7',
    '--lifetime',
    '2d',
    '--models',
    'claude-sonnet-4-5,claude-haiku-4-5',
  );
  expect(issued).toMatchObject({ max_budget: 9, rpm_limit: 7, models: ['claude-sonnet-4-5', 'claude-haiku-4-5'] });
});

test('a limit the gateway forbids is refused with its own words, and code 3', async () => {
  const { code, stderr } = await keys(['create', 'ci', 'acme/greedy', '--budget', '5000', '--json']);
  expect(code).toBe(3);
  expect(JSON.parse(stderr).error.message).toMatch(/max_budget|budget/);
});

test('revoke, restore, rotate and delete do to the key what they say', async () => {
  const { key, name } = await create('ci', 'acme/life');
  expect((await keys(['revoke', name])).stdout).toContain('revoked');
  expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(401);
  expect((await keys(['info', name, '--json'])).stdout).toContain('"revoked"');
  expect((await keys(['restore', name])).code).toBe(0);
  expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(200);

  const rotated = JSON.parse((await keys(['rotate', name, '--yes', '--json'])).stdout);
  expect(rotated.key).not.toBe(key);
  expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(401);
  expect((await chat(running.url, rotated.key, 'claude-haiku-4-5')).status).toBe(200);

  expect((await keys(['delete', name, '--yes'])).code).toBe(0);
  expect((await chat(running.url, rotated.key, 'claude-haiku-4-5')).status).toBe(401);
  expect((await keys(['info', name])).code).toBe(3);
});

test('what cannot be undone is asked about, and not done where nobody can answer', async () => {
  const { key, name } = await create('ci', 'acme/asked');
  const { code, stderr } = await keys(['delete', name]);
  expect(code).toBe(2);
  expect(stderr).toContain('--yes');
  expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(200);
});

test('spend is shown against the budget, and can be reset', async () => {
  const { key, name } = await create('ci', 'acme/spends');
  await send('POST', `${running.url}/v1/messages`, key, {
    model: 'claude-haiku-4-5',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
  });
  await eventually(async () => {
    expect(JSON.parse((await keys(['info', name, '--json'])).stdout).spend).toBeGreaterThan(0);
  });
  const { stdout } = await keys(['list', '--scope', 'ci']);
  expect(stdout).toMatch(/^ci +acme\/spends.*█░+.*\$0\.00/m);
  expect((await keys(['reset-spend', name, '--yes'])).code).toBe(0);
  expect(JSON.parse((await keys(['info', name, '--json'])).stdout).spend).toBe(0);
});

test('reconcile tells whose workspace is deleted, and ends those keys and no others', async () => {
  const workspaces = new Client(running);
  const [gone, alive] = [newWorkspace(), newWorkspace()];
  const [lost, kept] = [await workspaces.key(gone), await workspaces.key(alive)];
  coder.workspaces.set(gone.workspace_id, { owner_id: gone.owner_id, transition: 'delete', status: 'deleted' });
  coder.workspaces.set(alive.workspace_id, { owner_id: alive.owner_id, transition: 'start', status: 'running' });

  const dry = await keys(['reconcile', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stderr: '' });
  expect(dry.stdout).toMatch(new RegExp(`^workspace-${gone.workspace_id} · its workspace was deleted$`, 'm'));
  expect(dry.stdout).toContain('2 workspace keys checked: 1 would be deleted, 1 kept, 0 undecided');
  expect((await chat(running.url, lost, 'claude-haiku-4-5')).status).toBe(200);

  const real = JSON.parse((await keys(['reconcile', '--json'])).stdout);
  expect(real).toMatchObject({ dry_run: false, deleted: [`workspace-${gone.workspace_id}`], kept: 1 });
  expect((await chat(running.url, lost, 'claude-haiku-4-5')).status).toBe(401);
  expect((await chat(running.url, kept, 'claude-haiku-4-5')).status).toBe(200);

  coder.workspaces.delete(alive.workspace_id);
  const unclear = await keys(['reconcile']);
  expect(unclear.stdout).toContain('0 deleted, 0 kept, 1 undecided');
  expect(unclear.stderr).toContain('its key is left alone');
});

test('reconcile tells what differs from the policy, and puts it right', async () => {
  const { key, name } = await create('ci', 'acme/drifted');
  const update = { key: hashKey(key), max_budget: 30, tpm_limit: 9, models: ['claude-sonnet-4-5'] };
  await send('POST', `${running.url}/key/update`, running.masterKey, update);
  const dry = await keys(['reconcile', '--dry-run']);
  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain(
    `${name} · max_budget 30 → 5, tpm_limit 9 → none, models -claude-sonnet-4-5 +claude-haiku-4-5\n`,
  );
  expect(dry.stdout).toMatch(/^\d+ keys compared with today's policy: 1 would be changed$/m);
  expect((await keys(['reconcile'])).stdout).toMatch(/^\d+ keys compared with today's policy: 1 changed$/m);
  const real = JSON.parse((await keys(['reconcile', '--json'])).stdout);
  expect(real).toMatchObject({ updated: [], updated_total: 0, people: [], failed: [], workspaces_checked: true });
  expect((await chat(running.url, key, 'claude-sonnet-4-5')).status).toBe(400);
});

test('without Coder, reconcile says that deleted workspaces were not checked', async () => {
  const { url } = await running.startKeyProvisionerCopy({ CODER_URL: '', CODER_TOKEN: '' });
  const { code, stdout, stderr } = await keys(['reconcile'], { env: { ...env, GATEWAY_PROVISIONER_URL: url } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/keys? compared with today's policy: 0 changed/);
  expect(stdout).not.toContain('workspace');
  expect(stderr).toContain('coder.url');
});

test('an unknown name is answered with the nearest one', async () => {
  await create('ci', 'acme/nearby');
  const { code, stderr } = await keys(['revoke', 'ci-acme/nearbye']);
  expect(code).toBe(3);
  expect(stderr).toContain('did you mean "ci-acme/nearby"?');
});

describe('bootstrap', () => {
  const csv = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test('runs any number of times and only adds who is new; the file never loses a line', async () => {
    const result = join(folder, 'keys.csv');
    const first = csv('users.csv', 'username,max_budget,rpm_limit\nada,12,50\n"grace, the first",,\n');
    expect((await keys(['bootstrap', first, '--output', result])).stdout).toContain('2 new');
    expect(statSync(result).mode & 0o777).toBe(0o600);
    const before = readFileSync(result, 'utf8');
    expect(before.split('\n')).toHaveLength(4);

    expect((await keys(['bootstrap', first, '--output', result])).stdout).toContain('0 new, 2 already had a key');
    expect(readFileSync(result, 'utf8')).toBe(before);

    const more = csv('users.csv', 'username\nada\n"grace, the first"\nlin\n');
    expect((await keys(['bootstrap', more, '--output', result])).stdout).toContain('1 new');
    const after = readFileSync(result, 'utf8');
    expect(after.startsWith(before)).toBe(true);
    const key = /^lin,[^,]*,(sk-[^,]+),/m.exec(after)?.[1] as string;
    expect((await chat(running.url, key, 'claude-haiku-4-5')).status).toBe(200);
  });

  test('a wrong file is refused whole, with every wrong line', async () => {
    const { code, stderr } = await keys([
      'bootstrap',
      csv('wrong.csv', 'username,max_budget\nzoe,lots\n,3\nzoe,1\n'),
      '--json',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('line 2, max_budget: must be a number');
    expect(stderr).toContain('line 3, username: a name is missing');
    const column = await keys(['bootstrap', csv('column.csv', 'user_name\nzoe\n'), '--json']);
    expect(column.stderr).toContain('did you mean \\"username\\"?');
    expect((await keys(['info', 'user-zoe'])).code).toBe(3);
  });

  test('a file that is something else is never overwritten', async () => {
    const precious = csv('precious.csv', 'my,own\n1,2\n');
    const { code } = await keys(['bootstrap', csv('one.csv', 'username\nmax\n'), '--output', precious]);
    expect(code).toBe(2);
    expect(readFileSync(precious, 'utf8')).toBe('my,own\n1,2\n');
    expect((await keys(['info', 'user-max'])).code).toBe(3);
  });

  test('Ctrl-C in the middle keeps what was made, the next run goes on, and all pages of the list show everybody', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `late-${index}`);
    const file = csv('late.csv', `username\n${names.join('\n')}\n`);
    const result = join(folder, 'late-keys.csv');
    const lines = () => {
      try {
        return readFileSync(result, 'utf8').trim().split('\n').length - 1;
      } catch {
        return 0;
      }
    };
    const { code } = await keys(['bootstrap', file, '--output', result], {
      whileRunning: (child) => {
        const timer = setInterval(() => {
          if (lines() === 0) return;
          clearInterval(timer);
          child.kill('SIGINT');
        }, 20);
        child.once('exit', () => clearInterval(timer));
      },
    });
    expect(code).toBe(130);
    const kept = lines();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(120);
    const second = await keys(['bootstrap', file, '--output', result]);
    expect(second.stdout).toContain(`${120 - kept} new`);
    expect(lines()).toBe(120);
    const listed = JSON.parse((await keys(['list', '--scope', 'user', '--json'])).stdout) as { name: string }[];
    for (const name of names) expect(listed).toContainEqual(expect.objectContaining({ name: `user-${name}` }));
  });
});

test('a wrong admin credential is refused with 3, an address where nobody listens with 4, no credential with 2', async () => {
  const wrong = await keys(['list'], { env: { ...env, GATEWAY_ADMIN_TOKEN: 'not-the-one-this-deployment-has' } });
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toContain('secrets.tfvars');
  expect((await keys(['list'], { env: { ...env, GATEWAY_PROVISIONER_URL: 'http://127.0.0.1:9' } })).code).toBe(4);
  const none = await keys(['list'], { env: { ...env, GATEWAY_ADMIN_TOKEN: '' }, cwd: folder });
  expect(none.code).toBe(2);
});

test('the admin credential is found in secrets.tfvars', async () => {
  const secrets = join(folder, 'secrets.tfvars');
  writeFileSync(secrets, `litellm_master_key = "sk-other"\nprovisioner_admin_token = "${running.adminToken}"\n`);
  const { code } = await keys(['list', '--secrets-file', secrets], { env: { ...env, GATEWAY_ADMIN_TOKEN: '' } });
  expect(code).toBe(0);
});

test('the gateway itself instead of the key-provisioner is noticed', async () => {
  const { code, stderr } = await keys(['list'], { env: { ...env, GATEWAY_PROVISIONER_URL: running.url } });
  expect(code).toBe(3);
  expect(stderr).toContain('does not look like the key-provisioner');
});

test('on a terminal of 80 columns the list says whose key it is and its budget, and a key can be named by that', async () => {
  const workspace = { ...newWorkspace(), username: 'greta', workspace_name: 'dev' };
  coder.workspaces.set(workspace.workspace_id, {
    owner_id: workspace.owner_id,
    ...{ transition: 'start', status: 'running' },
  });
  await new Client(running).key(workspace);
  const { stdout } = await onTerminal(['keys', 'list'], 80, { env: { ...env, NO_COLOR: '1' } });
  expect(stdout).toMatch(/^workspace +greta\/dev .*\$0\.00 +\$\d+\.00 \/ 30d/m);
  expect(Math.max(...stdout.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const mine = async (owner: string) => JSON.parse((await keys(['list', '--owner', owner, '--json'])).stdout);
  expect(await mine('greta')).toMatchObject([{ name: `workspace-${workspace.workspace_id}`, username: 'greta' }]);
  expect(await mine(workspace.owner_id)).toHaveLength(1);
  expect(await mine('nobody')).toEqual([]);
  const empty = await keys(['list', '--owner', '']);
  expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('name or Coder id') });
  const info = await keys(['info', 'greta/dev', '--json']);
  expect(JSON.parse(info.stdout)).toMatchObject({ name: `workspace-${workspace.workspace_id}` });
  const revoked = await keys(['revoke', 'greta/dev', '--json']);
  expect(JSON.parse(revoked.stdout)).toEqual({ name: `workspace-${workspace.workspace_id}`, action: 'revoke' });
});

test('on a narrow terminal the list keeps what a key is for and its spend, and no line is longer than the terminal', async () => {
  const { stdout } = await onTerminal(['keys', 'list', '--scope', 'ci'], 50, { env: { ...env, NO_COLOR: '1' } });
  const lines = stdout.split('\r\n');
  expect(stdout).toContain('acme/web');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
  expect(stdout).not.toContain('\u001b[');
});
