import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../bin/bundle';
import { Problem } from '../problem';

import { CommandFailed, run } from '../processes/run';
import { LITELLM_VERSION, PRISMA_CLIENT_VERSION } from '../versions';
import { exclusively } from './exclusively';
import { findPython, requireVenv } from './python';
import { generatePythonClient } from './python-client';
import type { Work } from './work';

const ENGINE = join(__dirname, '../../packages/prisma-engine');

/** The program that stands in for Prisma's Rust query engine: bundled where possible, since LiteLLM starts it twice at each start. */
export function queryEngine(): string {
  try {
    return bundle(join(ENGINE, 'src/main.ts'));
  } catch {
    return join(ENGINE, 'query-engine.js'); // a checkout that is read-only
  }
}

const REQUIREMENTS = [`litellm[proxy]==${LITELLM_VERSION}`, `prisma==${PRISMA_CLIENT_VERSION}`];
/** The versions of everything these draw in, as tested; keeps a later upload from changing the demo. */
export const CONSTRAINTS = join(__dirname, 'constraints.txt');
const NEEDED_BYTES = 1.5 * 1024 ** 3;

/** Without the engine's path, which each start passes on: several checkouts may share an environment. */
const FINGERPRINT = createHash('sha256')
  .update([...REQUIREMENTS, readFileSync(CONSTRAINTS, 'utf8')].join('\n'))
  .digest('hex');

/** Of every checkout that asks for the same versions: `python-1.2.3-0a1b2c3d`. */
export const PYTHON_DIRECTORY = `python-${LITELLM_VERSION}-${FINGERPRINT.slice(0, 8)}`;

/** Written last: an installation without it was interrupted. */
const READY = 'ready';

/** A virtual environment with LiteLLM and its generated database client. */
export interface PythonEnvironment {
  readonly venv: string;
  readonly migrationsDirectory: string;
}

/**
 * Installs LiteLLM once per set of versions, below `cache`. An environment that was interrupted or has been damaged is
 * installed again.
 *
 * @throws Problem where Python, the disk or the package index stand in the way
 */
export async function preparePythonEnvironment(cache: string, work: Work): Promise<PythonEnvironment> {
  const venv = join(cache, PYTHON_DIRECTORY);
  if (!(await isUsable(venv))) {
    await exclusively(cache, work, async () => {
      if (!(await isUsable(venv))) await install(venv, cache, work);
    });
  }
  return { venv, migrationsDirectory: join(sitePackages(venv), 'litellm_proxy_extras/migrations') };
}

/** Makes the next start install LiteLLM again. */
export function discardPythonEnvironment({ venv }: PythonEnvironment): void {
  rmSync(join(venv, READY), { force: true });
}

async function install(venv: string, cache: string, work: Work): Promise<void> {
  const python = await findPython();
  await requireVenv(python);
  requireSpace(cache);
  const { report, signal } = work;
  report(`making a virtual environment with Python ${python.version}`);
  rmSync(venv, { recursive: true, force: true });
  await run(python.command, ['-m', 'venv', venv], { signal });
  await installPackages(venv, work);
  report("generating LiteLLM's database client");
  await generatePythonClient({
    venv,
    sitePackages: sitePackages(venv),
    schemaPath: join(sitePackages(venv), 'litellm/proxy/schema.prisma'),
    queryEngine: queryEngine(),
    signal,
  });
  report('compiling Python modules');
  // A few packages ship files for other Python versions, which do not compile; nothing imports them.
  await run(join(venv, 'bin/python'), ['-m', 'compileall', '-q', '-j', '0', sitePackages(venv)], { signal }).catch(() =>
    signal?.throwIfAborted(),
  );
  writeFileSync(join(venv, READY), FINGERPRINT);
}

async function installPackages(venv: string, { report, signal }: Work): Promise<void> {
  let collected = 0;
  const onLine = (line: string) => {
    if (line.startsWith('Collecting ')) report(`downloading packages: ${++collected}, ${line.split(/[ =<>(]/)[1]}`);
    if (line.startsWith('Installing ')) report(`installing ${collected} packages`);
  };
  const args = ['-m', 'pip', 'install', '--no-input', '--progress-bar', 'off', '--retries', '2'];
  await run(join(venv, 'bin/python'), [...args, '--constraint', CONSTRAINTS, ...REQUIREMENTS], {
    signal,
    onLine,
    env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  }).catch((error: unknown) => {
    throw error instanceof CommandFailed ? explained(error) : error;
  });
}

/** What pip prints where the package index does not answer. */
export const INDEX_UNREACHABLE =
  /NewConnectionError|ConnectTimeout|ConnectionError|ReadTimeout|ProxyError|SSLError|HTTPError/;

function explained(error: CommandFailed): Error {
  const { output } = error;
  if (/No space left on device|Errno 28/.test(output)) return noSpace(error.command.split('/bin/')[0] ?? '');
  if (INDEX_UNREACHABLE.test(output)) {
    return new Problem(
      `the Python package index could not be reached: ${lastLine(output)}; check the network, or set PIP_INDEX_URL or HTTPS_PROXY`,
    );
  }
  return new Problem(`LiteLLM ${LITELLM_VERSION} could not be installed: ${lastLine(output)}`);
}

const lastLine = (output: string) =>
  output
    .split('\n')
    .filter((line) => /^ERROR|Error/.test(line))
    .at(-1)
    ?.trim()
    .slice(0, 300) ?? output.trim().slice(-300);

function requireSpace(directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize < NEEDED_BYTES) throw noSpace(directory, bavail * bsize);
}

function noSpace(directory: string, free?: number): Problem {
  const found = free === undefined ? 'the disk is full' : `${(free / 1024 ** 3).toFixed(1)} GB are free`;
  return new Problem(
    `${found} where ${directory} is, and installing LiteLLM takes 1.5 GB; make room, or name another place in GATEWAY_CACHE_DIR`,
  );
}

/** Cheap enough for every start: the marker, an interpreter that runs, and the packages where they should be. */
async function isUsable(venv: string): Promise<boolean> {
  const marker = join(venv, READY);
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== FINGERPRINT) return false;
  const probe = [
    'import importlib.metadata as m, importlib.util as u',
    `assert m.version("litellm") == "${LITELLM_VERSION}" and m.version("prisma") == "${PRISMA_CLIENT_VERSION}"`,
    'assert all(u.find_spec(name) for name in ("litellm_proxy_extras", "prisma", "uvicorn", "fastapi"))',
    'assert u.find_spec("litellm").submodule_search_locations',
  ];
  return run(join(venv, 'bin/python'), ['-c', probe.join('\n')]).then(
    () => existsSync(join(venv, 'bin/litellm')) && existsSync(join(sitePackages(venv), 'prisma/client.py')),
    () => false,
  );
}

function sitePackages(venv: string): string {
  const [python] = readdirSync(join(venv, 'lib')).filter((name) => name.startsWith('python'));
  return join(venv, 'lib', python ?? '', 'site-packages');
}
