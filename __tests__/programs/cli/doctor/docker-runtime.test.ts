import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerRuntime } from '../../../../cli/doctor/docker-runtime';

// What is read out of Docker's answers. A stand-in for the docker command gives them; the real one is used in the deploy tests.
const folder = mkdtempSync(join(tmpdir(), 'docker-stand-in-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const PATH = `${folder}:${process.env.PATH}`;
const NOW = new Date('2026-11-23T12:00:00Z');

const docker = (env: Record<string, string> = { PATH }, host?: string) =>
  new DockerRuntime({ env, now: () => NOW, ...(host ? { host } : {}) });

interface State {
  Status?: string;
  Running?: boolean;
  OOMKilled?: boolean;
  StartedAt?: string;
  FinishedAt?: string;
}

/** Lets the stand-in answer `docker container inspect` with this, and `docker events` with a time. */
function answer(state: State, { RestartCount = 0, Env = [] as string[], oomAtNs = '' } = {}): void {
  const State = {
    Status: 'running',
    Running: true,
    ExitCode: 137,
    StartedAt: '2026-11-23T11:00:00Z',
    FinishedAt: '2026-11-23T10:59:58Z',
    ...state,
  };
  writeFileSync(join(folder, 'inspect.json'), JSON.stringify([{ Id: 'abc', RestartCount, State, Config: { Env } }]));
  writeFileSync(join(folder, 'events'), oomAtNs);
  const script = `#!/bin/sh
case "$1" in
  container) cat '${folder}/inspect.json' ;;
  events) cat '${folder}/events' ;;
  *) exit 1 ;;
esac
`;
  writeFileSync(join(folder, 'docker'), script);
  chmodSync(join(folder, 'docker'), 0o755);
}

test('a container that waits for its next start is restarting, although Docker calls it running', async () => {
  answer({ Status: 'restarting', Running: true });
  expect(await docker().state('lab')).toMatchObject({ phase: 'restarting', status: 'restarting', exitCode: 137 });
});

test.each([
  ['running', true, 'running'],
  ['exited', false, 'stopped'],
  ['created', false, 'stopped'],
])('%s is %s', async (Status, Running, phase) => {
  answer({ Status, Running });
  expect(await docker().state('lab')).toMatchObject({ phase, status: Status, health: 'unknown' });
});

test('an environment variable keeps every "=" of its value', async () => {
  answer({}, { Env: ['URL=http://host/?a=b', 'EMPTY='] });
  expect([...((await docker().state('lab'))?.environment ?? [])]).toEqual([
    ['URL', 'http://host/?a=b'],
    ['EMPTY', ''],
  ]);
});

test('a container that was ended for its memory is a fault until somebody starts it, or it has run for a day', async () => {
  answer({ OOMKilled: true, Running: false, Status: 'exited' });
  expect(await docker().memoryKill('lab')).toContain('OOMKilled');
  answer({ OOMKilled: true }, { RestartCount: 2 });
  expect(await docker().memoryKill('lab')).toContain('OOMKilled, 2 restarts');
  answer({ OOMKilled: true });
  expect(await docker().memoryKill('lab')).toBeUndefined();
  answer({ OOMKilled: true, StartedAt: '2026-11-22T11:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' });
  expect(await docker().memoryKill('lab')).toBeUndefined();
});

test('what the container has forgotten is found among the events of the daemon', async () => {
  answer({}, { RestartCount: 3, oomAtNs: `${Date.parse('2026-11-23T09:30:00Z')}000000\n` });
  expect(await docker().memoryKill('lab')).toBe('docker events: oom at 2026-11-23T09:30:00Z, 3 restarts');
  answer({}, { RestartCount: 3 });
  expect(await docker().memoryKill('lab')).toBeUndefined();
});

test('a daemon on another machine is told from one on this', () => {
  expect(docker({}, 'tcp://elsewhere:2376').remoteHost).toBe('tcp://elsewhere:2376');
  expect(docker({ DOCKER_HOST: 'unix:///run/docker.sock' }, 'tcp://elsewhere:2376').remoteHost).toBeUndefined();
  expect(docker({}).remoteHost).toBeUndefined();
});

test('without the docker command, that is the reason', async () => {
  expect(await docker({ PATH: '/nowhere' }).unavailable()).toBe('the docker command is not installed');
  expect(await docker({ PATH: '/nowhere' }).state('lab')).toBeUndefined();
});

/** Lets the stand-in run what `docker exec` is given, as a container would. */
function execute(): void {
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\n[ "$1 $2" = "exec -i" ] || exit 9\nshift 3\nexec "$@"\n');
  chmodSync(join(folder, 'docker'), 0o755);
}
const lines = async (script: string, env: Record<string, string> = { PATH }) => {
  const read: string[] = [];
  for await (const line of docker(env).execLines('lab', script)) read.push(line);
  return read;
};

test('what a script prints comes line by line, however much it is', async () => {
  execute();
  const read = await lines('i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i + 1)); done; printf "the end"');
  expect([read.length, read[0], read.at(-1)]).toEqual([20_001, 'line 0', 'the end']);
});

test('a script that fails is reported with what it said, after the lines it printed', async () => {
  execute();
  await expect(lines('echo one; echo "no such table" >&2; exit 3')).rejects.toThrow('no such table');
});

test('a docker command that is not there is reported', async () => {
  await expect(lines('echo', { PATH: '/nowhere' })).rejects.toThrow('ENOENT');
});

test('a script whose reader has seen enough is ended', async () => {
  execute();
  for await (const line of docker().execLines(
    'lab',
    `trap 'touch "${folder}/ended"; exit' TERM PIPE; while :; do echo y; done`,
  )) {
    expect(line).toBe('y');
    break;
  }
  const deadline = Date.now() + 10_000;
  while (!existsSync(join(folder, 'ended')) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  expect(existsSync(join(folder, 'ended'))).toBe(true);
});
