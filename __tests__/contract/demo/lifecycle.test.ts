import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
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

/** Interrupts a demo after some time and says which of its processes are left half a minute later. */
async function interrupted(milliseconds: number, signal: NodeJS.Signals): Promise<number[]> {
  const demo = command('main', ['--json', '--mock'], env);
  const end = finished(demo);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const processes = await family(demo.pid ?? 0);
  demo.kill(signal);
  await end;
  return eventually(async () => {
    const left = await survivors(processes);
    expect(left).toEqual([]);
    return left;
  });
}

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

test.each([
  [300, 'SIGINT'],
  [1200, 'SIGINT'],
  [2500, 'SIGTERM'],
  [5000, 'SIGINT'],
  [1800, 'SIGKILL'],
  [4000, 'SIGKILL'],
] as const)(
  'interrupted after %i ms by %s, a demo leaves no process behind',
  async (milliseconds, signal) => {
    expect(await interrupted(milliseconds, signal)).toEqual([]);
  },
  3 * MINUTES,
);

test(
  'a command that is interrupted while it waits for a demo in the background ends it too',
  async () => {
    const waiting = command('main', ['--detach', '--json', '--mock'], env);
    const end = finished(waiting);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const processes = await family(waiting.pid ?? 0);
    waiting.kill('SIGKILL');
    await end;
    await eventually(async () => expect(await survivors(processes)).toEqual([]));
  },
  3 * MINUTES,
);

test.each([[['--detach', '--json']], [['--json']]])(
  'a demo with %j says that a provider’s key makes its models real, before it starts anything',
  async (options) => {
    const demo = command('main', options, { ...env, ANTHROPIC_API_KEY: 'sk-ant-not-a-real-key' });
    const end = finished(demo);
    const said = new Promise((resolve) => demo.stderr?.once('data', resolve));
    expect(String(await Promise.race([said, end]))).toContain(
      'models of anthropic are the real ones and cost real money',
    );
    demo.kill('SIGTERM');
    expect((await end).stdout).toBe('');
  },
  MINUTES,
);

test(
  'a taken port is refused before anything is started',
  async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
    const { port } = occupant.address() as { port: number };
    const { status, stderr } = await finished(command('main', ['--json', '--gateway-port', String(port)], env));
    occupant.close();
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      `demo: port ${port} is taken; name another one with --gateway-port, or leave it out and a free one is used`,
    );
  },
  MINUTES,
);

test(
  'mistakes on the command line are named without a stack trace',
  async () => {
    const { status, stderr } = await finished(command('main', ['--prot', '1'], env));
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^demo: unknown option '--prot'.*; --help lists the options$/);
  },
  MINUTES,
);
