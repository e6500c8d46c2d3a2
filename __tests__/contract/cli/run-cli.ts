import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Gateway } from '../support/start-gateway';

export const ROOT = join(__dirname, '..', '..', '..');
const BINARY = join(ROOT, 'bin', 'gateway');

/** What a person sees: exit code and both streams. */
export interface Seen {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly input?: string;
  /** Called when the process runs; for signals. */
  readonly whileRunning?: (child: ChildProcess) => void;
  /** Somebody goes on typing: standard input is not closed. @default false */
  readonly keepOpen?: boolean;
}

/** Runs the real command as a process of its own. Nothing of this test's own gateway settings leaks in. */
export function gateway(arguments_: readonly string[], options: RunOptions = {}): Promise<Seen> {
  return seen(spawn(BINARY, arguments_, { cwd: options.cwd ?? ROOT, env: environment(options.env) }), options);
}

/** The same on a terminal of so many columns, by util-linux's `script`; both streams end in stdout. */
export function onTerminal(arguments_: readonly string[], columns: number, options: RunOptions = {}): Promise<Seen> {
  const quoted = [BINARY, ...arguments_].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn(
    'script',
    ['--quiet', '--return', '--command', `stty cols ${columns} rows 50; exec ${quoted}`, '/dev/null'],
    {
      cwd: options.cwd ?? ROOT,
      env: { ...environment(options.env), TERM: 'xterm' },
    },
  );
  return seen(child, options);
}

/** Addresses and admin credential of a gateway under test. */
export const addresses = (gateway: Gateway): Record<string, string> => ({
  GATEWAY_URL: gateway.url,
  GATEWAY_PROVISIONER_URL: gateway.provisionerUrl,
  GATEWAY_ADMIN_TOKEN: gateway.adminToken,
});

function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...extra };
}

function seen(child: ChildProcess, { input = '', whileRunning, keepOpen = false }: RunOptions): Promise<Seen> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('exit', () => child.stdin?.destroy());
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin?.on('error', () => undefined);
    if (keepOpen) child.stdin?.write(input);
    else child.stdin?.end(input);
    whileRunning?.(child);
  });
}
