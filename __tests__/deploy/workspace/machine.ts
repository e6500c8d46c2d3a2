import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { recordCommand } from '../support/commands';
import { oncePerRun } from '../support/once-per-run';

/** Docker, images and Terraform providers of the machine that the tests run on. */

export const repository = path.join(__dirname, '..', '..', '..');

/** Runs a command to its end and gives back its output; its error output becomes the error's message. */
export function run(command: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const started = Date.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  recordCommand(command, args, started);
  if (status === 0) return stdout.trim();
  throw new Error(
    `${command} ${args.join(' ').slice(0, 200)}: ${error?.message ?? `${stdout.slice(-1500)}\n${stderr.slice(-3000)}`}`,
  );
}

export const docker = (...args: string[]): string => run('docker', args);

/** Like {@link docker}, for what may be gone already. */
export const dockerQuietly = (...args: string[]): void => void spawnSync('docker', args);

/** The image people work in, with every agent; built here if it is not there yet, which takes some minutes. */
export function workspaceImage(): string {
  return oncePerRun('workspace-image', buildWorkspaceImage);
}

function buildWorkspaceImage(): string {
  const { node } = JSON.parse(run('scripts/stand-in-images.sh', ['node'])) as { node: string };
  const image = 'gateway-test/contractor-workspace:image';
  const context = path.join(repository, 'images', 'contractor-workspace');
  const build = [
    ...['build', '--quiet', '--tag', image, '--build-arg', `BASE_IMAGE=${node}`],
    ...['--build-arg', 'AGENTS=roo-code opencode claude-code codex cline kilo-code copilot aider', context],
  ];
  run('docker', build, { env: { ...process.env, DOCKER_BUILDKIT: '0' } });
  return image;
}

export interface Machine {
  /** Environment of every Terraform command. */
  readonly terraform: NodeJS.ProcessEnv;
  readonly images: { readonly node: string; readonly door: string; readonly workspace: string };
}

/** A daemon, the images of workspaces and the providers; takes minutes on a new machine, seconds afterwards. */
export function prepareMachine(): Machine {
  run('scripts/docker-daemon.sh', ['start']);
  const images = oncePerRun('machine-images', machineImages);
  run('scripts/provider-mirror.sh', []);
  const environment = execFileSync('bash', ['-c', '. scripts/terraform-environment.sh && env -0'], { cwd: repository });
  const terraform = Object.fromEntries(
    environment
      .toString()
      .split('\0')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return { terraform, images };
}

function machineImages(): Machine['images'] {
  const images = JSON.parse(run('scripts/stand-in-images.sh', ['node', 'door'])) as { node: string; door: string };
  const workspace = 'gateway-test/workspace:1';
  const context = path.join(__dirname, 'stand-in-image');
  run('docker', ['build', '--quiet', '--build-arg', `BASE_IMAGE=${images.node}`, '--tag', workspace, context], {
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  });
  return { node: images.node, door: images.door, workspace };
}
