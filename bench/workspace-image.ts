import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { plainErrors } from '../plain-errors';

plainErrors('bench/workspace-image');

/**
 * The workspace image: build time with and without its layers, size against its base, and how long a workspace takes from
 * `docker run` until the editor answers. Usage: node --import tsx bench/workspace-image.ts [--cold]
 */

const ROOT = join(__dirname, '..');
const IMAGE = 'gateway-bench/contractor-workspace:1';
const CONTAINER = `workspace-image-bench-${process.pid}`;
const STARTS = 5;

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout.trim();
}

const timed = (work: () => void): number => {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
};
const seconds = (value: number) => `${value.toFixed(1)} s`;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const sizeOf = (image: string) => Number(run('docker', ['image', 'inspect', '--format', '{{.Size}}', image]));

run('scripts/docker-daemon.sh', ['start']);
const { node } = JSON.parse(run('scripts/stand-in-images.sh', ['node'])) as { node: string };
const build = (...extra: string[]) =>
  run('docker', [
    'build',
    ...extra,
    '--build-arg',
    `BASE_IMAGE=${node}`,
    '--tag',
    IMAGE,
    'images/contractor-workspace',
  ]);

const cold = process.argv.includes('--cold') ? timed(() => build('--no-cache')) : undefined;
build();
const warm = timed(() => build());

/** Seconds until the editor answers, with a gateway that is down: the start's own work and code-server's. */
function startToReady(): number {
  try {
    return timed(() => {
      run('docker', ['run', '--detach', '--name', CONTAINER, '--memory', '2g', IMAGE, 'sleep', 'infinity']);
      run('docker', ['exec', CONTAINER, 'bash', '-c', 'GATEWAY_AGENTS=none start-workspace']);
    });
  } finally {
    run('docker', ['rm', '--force', CONTAINER]);
  }
}
const starts = Array.from({ length: STARTS }, startToReady).sort((a, b) => a - b);
const median = starts[Math.floor(STARTS / 2)]!;
const image = sizeOf(IMAGE);
const base = sizeOf(node);

console.log(`build, nothing cached    ${cold === undefined ? 'not measured (--cold)' : seconds(cold)}`);
console.log(`build, everything cached ${seconds(warm)}`);
console.log(
  `size                     ${megabytes(image)}, ${(image / base).toFixed(1)} times its base (${megabytes(base)})`,
);
console.log(`run to editor ready      ${seconds(median)} (median of ${STARTS}; ${starts.map(seconds).join(', ')})`);
