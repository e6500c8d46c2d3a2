import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

afterAll(() => stop(), MINUTES);

test(
  'two demos run side by side without any network, and stop without a trace',
  async () => {
    const nowhere = 'http://127.0.0.1:9';
    const offline = {
      ...env,
      PIP_INDEX_URL: nowhere,
      PIP_FIND_LINKS: '',
      npm_config_registry: nowhere,
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
    };
    const demos = await Promise.all([detached([], offline), detached([], offline)]);
    const [first, second] = demos as [DemoInfo, DemoInfo];
    expect(first.gatewayUrl).not.toBe(second.gatewayUrl);
    expect(first.masterKey).not.toBe(second.masterKey);
    expect((await newKey(first)).status).toBe(200);
    expect((await newKey(second)).status).toBe(200);
    expect((await newKey({ ...first, masterKey: second.masterKey })).status).toBe(401);
    expect((await fetch(`${first.provisionerUrl}/health`)).status).toBe(200);

    const processes = new Map([...(await family(first.pids.demo)), ...(await family(second.pids.demo))]);
    expect([...processes.keys()]).toEqual(expect.arrayContaining(Object.values(first.pids)));
    const { stdout } = await stop();
    for (const { directory } of demos) {
      expect(stdout).toContain(`stopped the demo in ${directory}`);
      expect(existsSync(directory)).toBe(false);
    }
    await eventually(async () => expect(await survivors(processes)).toEqual([]));
  },
  6 * MINUTES,
);

test(
  'a demo that is killed takes everything with it, and the next one works and tidies up',
  async () => {
    const killed = await detached([], env);
    const processes = await family(killed.pids.demo);
    process.kill(killed.pids.demo, 'SIGKILL');
    await eventually(async () => expect(await survivors(processes)).toEqual([]));

    const next = await detached([], env);
    expect(existsSync(killed.directory)).toBe(false);
    expect((await newKey(next)).status).toBe(200);
    await stop();
  },
  6 * MINUTES,
);

test(
  'a kept directory goes on where it stopped, also after a crash',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-kept-'));
    const before = await detached(['--keep', '--directory', directory], env);
    const { body } = await newKey(before);
    process.kill(before.pids.demo, 'SIGKILL');

    const after = await eventually(() => detached(['--keep', '--directory', directory], env), 120);
    expect(after.masterKey).toBe(before.masterKey);
    const info = await send('GET', `${after.gatewayUrl}/key/info?key=${body.key}`, after.masterKey);
    expect(info.body.info.status).toBe('active');

    // Another demo cannot use the directory of one that runs, and does not remove it when it fails.
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
  8 * MINUTES,
);

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
