import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { minorVersion, OLDEST, type Python, supportedPythons } from '../../runtime/installation/python';
import { CONSTRAINTS, INDEX_UNREACHABLE } from '../../runtime/installation/python-environment';
import { Problem } from '../../runtime/problem';
import { CommandFailed, run } from '../../runtime/processes/run';
import { PRISMA_CLIENT_VERSION } from '../../runtime/versions';

/** Packages and their versions. */
export type Versions = ReadonlyMap<string, string>;

const HEADER = '# What LiteLLM draws in, as tested. Written by: make litellm VERSION=…';
const NOT_CONSTRAINED = new Set(['litellm', 'prisma']);

/**
 * The text of `constraints.txt` for a release of LiteLLM: what it draws in on the first supported Python, and other versions
 * for an older Python that cannot take these. Downloads packages, installs nothing.
 *
 * @throws Problem where the release, or something it needs, is not on the package index
 */
export async function constraintsFor(version: string, report: (text: string) => void): Promise<string> {
  const [main, ...others] = await supportedPythons();
  report(`resolving with Python ${main.version}`);
  const chosen = await resolve(main, version);
  if ([main, ...others].every((python) => minorVersion(python) > OLDEST)) {
    report(`there is no Python 3.${OLDEST} here: if that needs other versions, they are left out`);
  }
  const exceptions = new Map<number, Versions>();
  for (const python of others) {
    report(`trying the same with Python ${python.version}`);
    const held = [...chosen].map(([name, each]) => `${name}==${each}`);
    const fits = await resolve(python, version, held).catch(() => undefined);
    if (!fits) exceptions.set(minorVersion(python), await resolve(python, version));
  }
  return constraintsText(chosen, exceptions);
}

/**
 * Looks whether the pinned release installs with the constraints there are, on the first supported Python.
 *
 * @throws Problem where it does not
 */
export async function requireInstallable(version: string): Promise<void> {
  const [python] = await supportedPythons();
  await resolve(python, version, ['--constraint', CONSTRAINTS]);
}

/**
 * Constraints, one a line.
 *
 * @param exceptions - by the minor version of a Python older than the first: what it takes instead
 */
export function constraintsText(chosen: Versions, exceptions: ReadonlyMap<number, Versions>): string {
  const [oldest] = [...exceptions].sort(([a], [b]) => b - a);
  const [minor, other] = oldest ?? [0, chosen];
  const below = `python_version < "3.${minor + 1}"`;
  const names = [...new Set([...chosen.keys(), ...other.keys()])].filter(
    (name) => !NOT_CONSTRAINED.has(canonical(name)),
  );
  const lines = names
    .sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
    .flatMap((name) => {
      const [here, there] = [chosen.get(name), other.get(name)];
      if (here === there || !there) return [`${name}==${here}`];
      if (!here) return [`${name}==${there}; ${below}`];
      return [`${name}==${there}; ${below}`, `${name}==${here}; python_version >= "3.${minor + 1}"`];
    });
  return `${[HEADER, ...lines].join('\n')}\n`;
}

const canonical = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

interface Report {
  readonly install: readonly { readonly metadata: { readonly name: string; readonly version: string } }[];
}

async function resolve(python: Python, version: string, more: readonly string[] = []): Promise<Versions> {
  const scratch = mkdtempSync(join(tmpdir(), 'gateway-litellm-packages-'));
  try {
    await run(python.command, ['-m', 'venv', join(scratch, 'venv')]);
    const report = join(scratch, 'report.json');
    const args = ['-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--quiet', '--no-input', '--retries', '2'];
    const requirements = [`litellm[proxy]==${version}`, `prisma==${PRISMA_CLIENT_VERSION}`, ...more];
    await run(join(scratch, 'venv/bin/python'), [...args, '--report', report, ...requirements], {
      env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    });
    const { install } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return new Map(install.map(({ metadata }) => [metadata.name, metadata.version]));
  } catch (error) {
    throw error instanceof CommandFailed ? explained(version, error.output) : error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function explained(version: string, output: string): Problem {
  const reason = output
    .split('\n')
    .filter((line) => line.startsWith('ERROR: '))
    .at(-1)
    ?.slice('ERROR: '.length, 300);
  if (INDEX_UNREACHABLE.test(output)) {
    return new Problem(
      `the Python package index could not be reached: ${reason ?? ''}; check the network, or set PIP_INDEX_URL or HTTPS_PROXY; nothing was changed`,
    );
  }
  return new Problem(
    `LiteLLM ${version} cannot be installed whole from the package index: ${reason ?? output.trim().slice(-300)}; nothing was changed: choose another version, or wait until everything it needs is there`,
  );
}
