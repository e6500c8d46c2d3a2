import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import manifest from '../../../package.json';

export const ROOT = join(__dirname, '../../..');

/** What lies in a used checkout, and must never be published. */
export const PRIVATE = [
  'secrets.tfvars',
  'terraform.platform.tfstate',
  '.cache/python/bin/python',
  '.demo/secrets.json',
  'cdktf.out/stacks/platform/plan.json',
  'images/contractor-workspace/extensions/rooveterinaryinc.roo-cline.vsix',
  'images/key-provisioner/dist/server.js',
  'images/key-provisioner/node_modules/fastify/index.js',
  'images/litellm/__pycache__/request_filter.cpython-312.pyc',
  'dist/stale.js',
];

/** Runs a program and returns what it printed. @throws Error with all of it where the program fails */
export function succeed(cwd: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(cwd, program, ...args);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

export function run(cwd: string, program: string, ...args: string[]) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return spawnSync(program, args, { cwd, encoding: 'utf8', env, maxBuffer: 64 << 20 });
}

/** The package as `npm pack` makes it of a used checkout, installed into an empty project as anybody would. */
export class PackedLibrary {
  private readonly directory = mkdtempSync(join(tmpdir(), 'gateway-packed-'));
  private readonly checkout = join(this.directory, 'checkout');
  /** The project it is installed in. */
  readonly project = join(this.directory, 'project');
  /** The package's files. */
  readonly files: readonly string[];

  constructor() {
    this.copyCheckout();
    const packed = succeed(this.checkout, 'npm', 'pack', '--json', '--silent', '--pack-destination', this.directory);
    const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
    this.files = files.map(({ path }) => path);
    mkdirSync(this.project);
    succeed(this.project, 'npm', 'init', '--yes');
    const peers = [
      ...Object.keys(manifest.peerDependencies),
      '@types/node',
    ] as (keyof typeof manifest.devDependencies)[];
    const versions = peers.map((name) => `${name}@${manifest.devDependencies[name]}`);
    succeed(this.project, 'npm', 'install', '--prefer-offline', join(this.directory, filename), ...versions);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private copyCheckout(): void {
    const listed = succeed(ROOT, 'git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
    for (const file of listed.split('\0').filter((name) => name && !name.startsWith('__tests__/unit/')))
      cpSync(join(ROOT, file), join(this.checkout, file));
    symlinkSync(join(ROOT, 'node_modules'), join(this.checkout, 'node_modules'));
    for (const file of PRIVATE) {
      mkdirSync(dirname(join(this.checkout, file)), { recursive: true });
      writeFileSync(join(this.checkout, file), 'private');
    }
  }
}
