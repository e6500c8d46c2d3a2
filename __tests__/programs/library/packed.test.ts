import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import manifest from '../../../package.json';
import { PackedLibrary, PRIVATE, ROOT, run, succeed } from './packed';

jest.setTimeout(10 * 60_000);

const SETTINGS =
  'name: acme\nproviders:\n  anthropic: {credentials: variable}\npolicies:\n  workspace: {max_budget: 25}\n';
const [bothStacks, ownStacks] = [
  ...readFileSync(join(ROOT, 'docs/library.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code]) => code as string) as [string, string];

let library: PackedLibrary;
beforeAll(() => {
  library = new PackedLibrary();
});
afterAll(() => library?.remove());

/** A new directory of the project, with a compiled app in it. */
function compiledApp(name: string, source: string, options: object, compiler = 'typescript'): string {
  const folder = directory(name, { 'main.ts': source, 'gateway.yaml': SETTINGS });
  const compilerOptions = { target: 'es2022', strict: true, types: ['node'], ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, exclude: ['cdktf.out'] }));
  succeed(folder, 'node', join(ROOT, 'node_modules', compiler, 'bin/tsc'));
  return folder;
}

function directory(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(library.project, name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

/** Every file below a directory: its content, and whether it is executable. */
function tree(folder: string): Record<string, unknown> {
  const files = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    files
      .map((file) => [file, statSync(join(folder, file))] as const)
      .filter(([, stat]) => stat.isFile())
      .map(([file, { mode }]) => [file, [mode & 0o100, readFileSync(join(folder, file), 'utf8')]]),
  );
}

/** What `make synth` writes here for the same settings. */
let synthesizedHere: string;
beforeAll(() => {
  const folder = directory('here', { 'gateway.yaml': SETTINGS });
  succeed(folder, 'node', join(ROOT, 'bin/synth'));
  synthesizedHere = join(folder, 'cdktf.out');
});

/** A stack's JSON without cdktf's remarks, and without the backend, which is the app's. */
function stack(outdir: string, name: string): unknown {
  const text = readFileSync(join(outdir, 'stacks', name, 'cdk.tf.json'), 'utf8');
  return JSON.parse(text, (key, value) => (key === '//' || key === 'backend' ? undefined : value));
}

test('nothing private is published, and nothing but what is built, run or shown', () => {
  for (const file of PRIVATE) expect(library.files).not.toContain(file);
  const outside = library.files.filter((file) => !/^(bin|dist|images)\//.test(file));
  expect(outside.sort()).toEqual(
    ['LICENSE', 'README.md', 'gateway.schema.json', 'package.json', 'scripts/workspace-firewall.sh'].sort(),
  );
  expect(
    library.files.filter((file) => /__tests__|\.test\.|\.snap$|^dist\/(demo|runtime|bench|scripts)\//.test(file)),
  ).toEqual([]);
});

test('everything that the published programs import is published, or a dependency', () => {
  const { dependencies, peerDependencies } = manifest;
  const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies), ...builtinModules];
  const installed = join(library.project, 'node_modules/coder-ai-gateway');
  const missing = library.files
    .filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(installed, file), 'utf8');
      const names = [...text.matchAll(/(?:require|import)\("([^"]+)"\)|from ['"]([^'"]+)['"]/g)];
      return names
        .map(([, required, imported]) => (required ?? imported) as string)
        .filter((name) => !isThere(file, name))
        .map((name) => `${file}: ${name}`);
    });
  expect(missing).toEqual([]);

  function isThere(file: string, name: string): boolean {
    if (!name.startsWith('.')) {
      const bare = name.replace(/^node:/, '');
      return known.some((each) => bare === each || bare.startsWith(`${each}/`));
    }
    const path = posix.join(dirname(file), name);
    return ['', '.js', '.d.ts', '.json', '/index.js', '/index.d.ts'].some((end) => library.files.includes(path + end));
  }
});

test('the project and the package share one copy of cdktf, constructs and the Docker bindings', () => {
  const copies = (readdirSync(join(library.project, 'node_modules'), { recursive: true }) as string[]).filter((file) =>
    /(^|\/)(cdktf|constructs|@cdktf\/provider-docker)\/package\.json$/.test(file),
  );
  expect(copies.sort()).toEqual(
    ['@cdktf/provider-docker', 'cdktf', 'constructs'].map((name) => `${name}/package.json`),
  );
});

test('a checkout cannot be published by accident: only the release workflow makes the package public', () => {
  expect(manifest.private).toBe(true);
});

test('an app of the document compiles and synthesizes the stacks as this repository does, byte for byte', () => {
  const app = compiledApp('both-stacks', bothStacks, { module: 'nodenext', skipLibCheck: false });
  succeed(app, 'node', 'main.js');
  for (const folder of ['stacks', 'images'])
    expect(tree(join(app, 'cdktf.out', folder))).toEqual(tree(join(synthesizedHere, folder)));
});

test('constructs in stacks of the document’s own app give the same resources, variables and outputs', () => {
  // As CDKTF's own template compiles: with TypeScript 5, which CDKTF brings and TypeScript 7 no longer does, and without `exports`.
  const options = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true };
  const app = compiledApp('own-stacks', ownStacks, options, 'jsii/node_modules/typescript');
  expect(succeed(app, 'node', 'main.js')).toMatch(/^http:\/\/localhost:4000 \$\{TfToken\[/);
  for (const name of ['platform', 'contractor-workspace'])
    expect(stack(join(app, 'cdktf.out'), name)).toEqual(stack(synthesizedHere, name));
  expect(tree(join(app, 'cdktf.out/images'))).toEqual(tree(join(synthesizedHere, 'images')));
  const parameters = 'stacks/contractor-workspace/params.tf';
  expect(readFileSync(join(app, 'cdktf.out', parameters), 'utf8')).toBe(
    readFileSync(join(synthesizedHere, parameters), 'utf8'),
  );
});

test('settings that are wrong are told all at once, as those of a file are', () => {
  const wrong = `require('coder-ai-gateway').gatewaySettings({ name: 'A', litellm: { port: 0 }, modles: {} })`;
  const { stderr } = run(library.project, 'node', '-e', wrong);
  expect(stderr).toContain('gatewaySettings() has 3 problems:');
  expect(stderr).toContain('did you mean "models"?');
});

test('the installed program writes settings and secrets, and synthesizes as this repository does', () => {
  const folder = directory('installed', {});
  expect(succeed(folder, 'npx', '--no-install', 'gateway', '--help')).toContain('Usage: gateway');
  expect(succeed(folder, 'npx', '--no-install', 'gateway', '--version').trim()).toBe(manifest.version);
  succeed(folder, 'npx', '--no-install', 'gateway', 'init');
  expect(readdirSync(folder).sort()).toEqual(['gateway.yaml', 'secrets.tfvars']);
  writeFileSync(join(folder, 'gateway.yaml'), SETTINGS);
  succeed(folder, 'node', '../node_modules/coder-ai-gateway/bin/synth');
  expect(tree(join(folder, 'cdktf.out'))).toEqual(tree(synthesizedHere));
});

test('the installed program reviews the repository it is run in, also from a directory of it', () => {
  const folder = directory('repository', {});
  const settings = join(folder, 'ai/gateway.yaml');
  mkdirSync(dirname(settings));
  writeFileSync(settings, SETTINGS);
  succeed(folder, 'git', 'init', '--quiet');
  succeed(folder, 'git', 'add', '.');
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  succeed(folder, 'git', ...identity, 'commit', '--quiet', '--no-verify', '--message', 'Settings');
  writeFileSync(settings, SETTINGS.replace('25', '50'));
  const review = succeed(
    dirname(settings),
    'npx',
    '--no-install',
    'gateway',
    'review',
    '--base',
    'HEAD',
    '--fail-on',
    'never',
  );
  expect(review).toMatch(/\$25\b[\s\S]*\$50\b|\$50\b[\s\S]*\$25\b/);
});

test('the installed program says where the demo is', () => {
  const { status, stderr } = run(library.project, 'npx', '--no-install', 'gateway', 'demo');
  expect(status).toBe(2);
  expect(stderr).toContain('clone the repository and run `make demo` there');
});
