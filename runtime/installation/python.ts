import { Problem } from '../problem';
import { run } from '../processes/run';

/** First and last minor version of Python 3 that LiteLLM and its database client are known to run on. */
export const OLDEST = 10;
const NEWEST = 13;

/** A Python interpreter that can hold LiteLLM. */
export interface Python {
  readonly command: string;
  /** `3.11.7` */
  readonly version: string;
}

const PROBE = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';

/**
 * Finds an interpreter: `GATEWAY_PYTHON`, then `python3`, then `python3.13` down to `python3.10`.
 *
 * @throws Problem where none is found, or none of a version that LiteLLM runs on
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const numbered = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `python3.${NEWEST - index}`);
  const commands = env.GATEWAY_PYTHON ? [env.GATEWAY_PYTHON] : ['python3', ...numbered];
  const unsupported: string[] = [];
  for (const command of commands) {
    const version = await run(command, ['-c', PROBE], { env: { PATH: env.PATH } }).catch(() => undefined);
    if (!version) continue;
    const found = { command, version: version.trim() };
    if (isSupported(found.version)) return found;
    unsupported.push(`${command} is ${found.version}`);
  }
  const range = `Python 3.${OLDEST} to 3.${NEWEST}`;
  const fix = 'install one of these, or name its interpreter in GATEWAY_PYTHON';
  if (unsupported.length > 0) throw new Problem(`LiteLLM needs ${range}, but ${unsupported.join(', ')}; ${fix}`);
  throw new Problem(`LiteLLM needs ${range}, and there is no ${commands.join(', ')} on the PATH; ${fix}`);
}

/**
 * Every supported interpreter of this machine, one for each minor version: first the one that {@link findPython} takes, which
 * is all where `GATEWAY_PYTHON` names it.
 *
 * @throws Problem as {@link findPython}
 */
export async function supportedPythons(env: NodeJS.ProcessEnv = process.env): Promise<[Python, ...Python[]]> {
  const found: [Python, ...Python[]] = [await findPython(env)];
  const minors = env.GATEWAY_PYTHON ? [] : Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => OLDEST + index);
  for (const minor of minors) {
    const command = `python3.${minor}`;
    const version = (await run(command, ['-c', PROBE], { env: { PATH: env.PATH } }).catch(() => '')).trim();
    if (isSupported(version) && found.every((other) => minorVersion(other) !== minor)) found.push({ command, version });
  }
  return found;
}

/** `11` of Python 3.11.7. */
export function minorVersion({ version }: Python): number {
  return Number(version.split('.')[1]);
}

/** @throws Problem where the interpreter cannot make virtual environments, as on Debian without `python3-venv` */
export async function requireVenv(python: Python): Promise<void> {
  await run(python.command, ['-c', 'import venv, ensurepip']).catch(() => {
    const minor = python.version.split('.').slice(0, 2).join('.');
    throw new Problem(
      `${python.command} (${python.version}) comes without the module venv; install it (Debian and Ubuntu: apt install python${minor}-venv)`,
    );
  });
}

function isSupported(version: string): boolean {
  const [major, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= OLDEST && minor <= NEWEST;
}
