import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { type Identity, newWorkspace } from '../key-provisioner/client';
import { startStandInCoder } from '../key-provisioner/stand-in-coder';
import { eventually, send } from '../support/requests';
import { cacheWithoutDemos } from './cache';
import { command, type DemoInfo, detached, family, finished, survivors } from './demo-process';

const env = { GATEWAY_CACHE_DIR: cacheWithoutDemos() };
const MINUTES = 60_000;

const stop = (...args: string[]) => finished(command('stop', args, env));
const newKey = ({ gatewayUrl, masterKey }: DemoInfo) =>
  send('POST', `${gatewayUrl}/key/generate`, masterKey, { models: ['claude-haiku-4-5'] });

/** A demo in the foreground whose parent never reaps it; killed, it stays a zombie. */
async function unreaped(): Promise<DemoInfo> {
  const main = join(__dirname, '../../../demo/main.ts');
  const program = [process.execPath, '--import', 'tsx', main, '--json', '--mock'];
  const parent = spawn('sh', ['-c', '"$@" & exec sleep 1200', 'sh', ...program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  parents.push(parent);
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  return JSON.parse(line) as DemoInfo;
}
const parents: ChildProcess[] = [];

afterAll(async () => {
  await stop();
  for (const parent of parents) parent.kill('SIGKILL');
}, MINUTES);

describe('two demos that are started at the same moment, without any network', () => {
  const nowhere = 'http://127.0.0.1:9';
  const offline = {
    ...env,
    PIP_INDEX_URL: nowhere,
    PIP_FIND_LINKS: '',
    PIP_NO_CACHE_DIR: '1',
    npm_config_registry: nowhere,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
  };
  let coder: Awaited<ReturnType<typeof startStandInCoder>>;
  let first: DemoInfo;
  let second: DemoInfo;
  beforeAll(async () => {
    coder = await startStandInCoder();
    [first, second] = await Promise.all([
      detached([], offline),
      detached(['--coder-url', coder.url], { ...offline, CODER_TOKEN: coder.token }),
    ]);
  }, 5 * MINUTES);
  afterAll(() => coder.stop());

  test('run side by side', async () => {
    expect(first.gatewayUrl).not.toBe(second.gatewayUrl);
    expect(first.masterKey).not.toBe(second.masterKey);
    expect((await newKey(first)).status).toBe(200);
    expect((await newKey(second)).status).toBe(200);
    expect((await newKey({ ...first, masterKey: second.masterKey })).status).toBe(401);
    expect((await fetch(`${first.provisionerUrl}/health`)).status).toBe(200);
  });

  test('and one of which knows a Coder: it gives keys to the workspaces that run there, and to no others', async () => {
    const [running, stopped, unknown] = [newWorkspace(), newWorkspace(), newWorkspace()];
    coder.workspaces.set(running.workspace_id, { owner_id: running.owner_id, transition: 'start', status: 'running' });
    coder.workspaces.set(stopped.workspace_id, { owner_id: stopped.owner_id, transition: 'stop', status: 'stopped' });
    const { provisionerUrl, workspaceIdentitySecret } = second;
    const start = async (identity: Identity) => {
      const token = workspaceToken(workspaceIdentitySecret, identity);
      return (await send('POST', `${provisionerUrl}/api/v1/keys/workspace`, token, identity)).status;
    };
    expect([await start(running), await start(stopped), await start(unknown)]).toEqual([201, 403, 403]);
  });

  test(
    'stop without a trace',
    async () => {
      const processes = new Map([...(await family(first.pids.demo)), ...(await family(second.pids.demo))]);
      expect([...processes.keys()]).toEqual(expect.arrayContaining(Object.values(first.pids)));
      const { stdout } = await stop();
      for (const { directory } of [first, second]) {
        expect(stdout).toContain(`stopped the demo in ${directory}`);
        expect(existsSync(directory)).toBe(false);
      }
      await eventually(async () => expect(await survivors(processes)).toEqual([]));
    },
    2 * MINUTES,
  );
});

describe('a demo that is killed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-kept-'));
  let killed: DemoInfo;
  let processes: Map<number, string>;
  let next: DemoInfo;
  beforeAll(async () => {
    killed = await unreaped();
    processes = await family(killed.pids.demo);
    process.kill(killed.pids.demo, 'SIGKILL');
    await eventually(async () => expect(await survivors(processes)).toEqual([]));
    next = await detached(['--keep', '--directory', directory], env);
  }, 5 * MINUTES);

  test('takes everything with it, and the next one works and tidies up, although nothing has reaped the killed one', async () => {
    expect(processes.size).toBeGreaterThan(4);
    expect(process.kill(killed.pids.demo, 0)).toBe(true);
    expect(existsSync(killed.directory)).toBe(false);
    expect((await newKey(next)).status).toBe(200);
  });

  test(
    'leaves a kept directory from which another demo goes on, and which no second one can use meanwhile',
    async () => {
      const { body } = await newKey(next);
      process.kill(next.pids.demo, 'SIGKILL');

      const after = await eventually(() => detached(['--keep', '--directory', directory], env), 120);
      expect(after.masterKey).toBe(next.masterKey);
      const info = await send('GET', `${after.gatewayUrl}/key/info?key=${body.key}`, after.masterKey);
      expect(info.body.info.status).toBe('active');

      const { status, stderr } = await finished(command('main', ['--json', '--mock', '--directory', directory], env));
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(
          `a demo is already running in ${directory} (process ${after.pids.demo}); stop it`,
        ),
      });
      expect((await newKey(after)).status).toBe(200);
      await stop('--directory', directory);
      expect(existsSync(join(directory, 'litellm.log'))).toBe(true);
    },
    6 * MINUTES,
  );
});
