import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../../..');
const execute = promisify(execFile);

export interface DemoInfo {
  readonly gatewayUrl: string;
  readonly provisionerUrl: string;
  readonly masterKey: string;
  readonly adminToken: string;
  readonly workspaceIdentitySecret: string;
  readonly databaseUrl: string;
  readonly pids: { demo: number; postgres: number; litellm: number; keyProvisioner: number };
  readonly directory: string;
}

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts one of the demo's commands. */
export function command(file: 'main' | 'stop', args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', join(ROOT, `demo/${file}.ts`), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs one of the demo's commands to its end. */
export async function finished(child: ChildProcess): Promise<Result> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** Starts a demo in the background. */
export async function detached(args: string[] = [], env: Record<string, string> = {}): Promise<DemoInfo> {
  const { status, stdout, stderr } = await finished(command('main', ['--detach', '--json', '--mock', ...args], env));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as DemoInfo;
}

/** A process and everything below it, each with the moment it began. */
export async function family(pid: number): Promise<Map<number, string>> {
  const { stdout } = await execute('ps', ['-e', '-o', 'pid=,ppid=,lstart=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .map(([, id, parent, began]) => ({ id: Number(id), parent: Number(parent), began: began ?? '' }));
  const found = new Map(rows.filter(({ id }) => id === pid).map(({ id, began }) => [id, began]));
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { id, parent, began } of rows) if (found.has(parent)) found.set(id, began);
  }
  return found;
}

/** Those of the processes that still run. */
export async function survivors(processes: Map<number, string>): Promise<number[]> {
  const { stdout } = await execute('ps', ['-e', '-o', 'pid=,stat=,lstart=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [])
    .filter(([, id, state, began]) => !state?.startsWith('Z') && processes.get(Number(id)) === began)
    .map(([, id]) => Number(id));
}
