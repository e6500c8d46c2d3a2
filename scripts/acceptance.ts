/**
 * The whole story, as a platform engineer and a contractor live it, on a real Docker daemon: `make acceptance`.
 *
 * A clean clone is deployed with a Coder server, the template is pushed to it, a contractor creates a workspace, the real
 * OpenCode client does a task in it, and then everything a key can meet happens to it. Every step prints what it saw. `KEEP=1`
 * leaves all of it running. Only the model provider is a stand-in.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoderServer } from '../__tests__/deploy/coder/coder-server';
import { plainErrors } from '../plain-errors';
import { Leftovers } from './acceptance/leftovers';
import { Platform } from './acceptance/platform';
import { expect, run, saw, step } from './acceptance/terminal';
import { Workspace } from './acceptance/workspace';

interface Key {
  spend: number;
  max_budget: number;
  state: string;
  generation: number;
}

plainErrors('acceptance');
const root = join(__dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'gateway-acceptance-'));
const platform = new Platform(home, root);
const leftovers = new Leftovers(root, home, platform.name);
const WORKSPACE_IMAGE = 'acceptance/contractor-workspace:1';
const TEMPLATE = 'contractor-workspace';
/** What the deployment is made of, built here or pulled. */
const PARTS = ['node', 'postgres', 'litellm', 'edge', 'door', 'seed', 'coder'];
let coder: CoderServer | undefined;

async function story(): Promise<void> {
  step('a machine with Docker, Terraform and their parts');
  leftovers.before();
  const made = (script: string, args: readonly string[]) =>
    run(join(root, 'scripts', script), args, { timeout: 3600, progress: true }).stdout;
  saw(made('docker-daemon.sh', ['start']));
  leftovers.requireRoom();
  made('provider-mirror.sh', []);
  const images = JSON.parse(made('stand-in-images.sh', PARTS)) as Record<string, string>;
  saw(...Object.entries(images).map(([name, image]) => `${name}: ${image}`));
  useTerraformEnvironment();

  step('clone and install');
  platform.clone();
  saw(run('git', ['log', '-1', '--format=%h %s'], { cwd: platform.directory }).stdout);

  step('settings and secrets: gateway init');
  await platform.settle(images, WORKSPACE_IMAGE);
  saw(platform.gateway('init').stdout);

  step('cdktf deploy platform');
  saw(...outcome(platform.deploy()));
  platform.startStandIn(images.node as string);
  saw(run('docker', ['ps', '--filter', `name=${platform.name}-`, '--format', '{{.Names}}: {{.Status}}']).stdout);
  expect(
    platform.run('bash', ['-c', 'curl -fsS "$GATEWAY_URL/health/readiness"']).stdout.includes('connected'),
    'the gateway is ready and has its database',
  );

  step('Coder: its people, and a token for the key-provisioner that may only read');
  coder = new CoderServer(platform.coderUrl, images.coder as string);
  const admin = await coder.firstUser('admin');
  const templateAdmin = await coder.user(admin, 'terry', ['template-admin']);
  const contractor = await coder.user(admin, 'casey');
  const token = coder.serviceToken(templateAdmin);
  saw(
    `coder ${coder.cli(admin, 'version').split('\n')[0]}`,
    coder.cli(admin, 'users', 'list', '--column', 'username,status'),
  );
  platform.confirmWorkspaces(token);
  saw(...outcome(platform.deploy()));

  step('the workspace image and the template');
  saw(platform.run('scripts/workspace-image.sh', ['--quiet'], { timeout: 1800, progress: true }).stdout);
  const pushTemplate = () => {
    const directory = mkdtempSync(join(home, 'template-'));
    saw(platform.run('scripts/template.sh', [directory]).stderr);
    const variables = join(home, 'template-variables.yaml');
    writeFileSync(variables, `workspace_identity_secret: "${platform.secret('workspace_identity_secret')}"\n`, {
      mode: 0o600,
    });
    coder?.cli(
      templateAdmin,
      'templates',
      'push',
      TEMPLATE,
      '--directory',
      directory,
      '--variables-file',
      variables,
      '--yes',
    );
  };
  pushTemplate();
  saw(coder.cli(templateAdmin, 'templates', 'list', '--column', 'name,used by'));

  step('a contractor creates a workspace');
  const workspace = await Workspace.create(coder, contractor, platform.name, TEMPLATE);
  saw(coder.cli(contractor, 'list', '--column', 'workspace,template,status,healthy'));
  saw(workspace.ssh('ai-models'), workspace.ssh('ai-usage'));
  const firstKey = keyOf(workspace);
  expect(firstKey.startsWith('sk-'), 'the workspace has its own key');
  expect(
    !run('docker', ['inspect', workspace.container]).stdout.includes(firstKey),
    'the key is in no environment that Docker shows',
  );

  step('OpenCode does a task in it, through the gateway');
  saw(workspace.ssh('mkdir -p ~/task && cd ~/task && timeout 180 opencode run "Write hello.txt that says hello"'));
  expect(workspace.ssh('cat ~/task/hello.txt') === 'hello', 'the file is written');
  const spent = await until(
    () => info(workspace.keyName),
    (key) => key.spend > 0,
  );
  saw(`spend of ${workspace.keyName}: ${usd(spent.spend)}`, workspace.ssh('ai-usage'));

  step('limits: a model the key may not use, and no way to the admin side');
  expect((await platform.complete(firstKey, 'claude-no-such')).status === 400, 'an unknown model is refused');
  const reach = (url: string) =>
    workspace.inside(['curl', '-s', '-o', '/dev/null', '-m', '5', '-w', '%{http_code}', url], { mayFail: true }).stdout;
  expect(reach('http://litellm:4000/ui/') === '404', 'the admin UI does not exist from a workspace');
  expect(reach('http://key-provisioner:8100/api/v1/admin/keys') === '404', 'nor does the admin API');
  expect(reach('http://postgres:5432') === '000', 'nor does the database');

  step('stop and start: same key, same spend');
  await workspace.restart();
  expect(keyOf(workspace) === firstKey, 'the same key');
  expect(info(workspace.keyName).spend >= spent.spend, 'the spend is kept');

  step('rotation: the old key ends, the next start brings the new one');
  platform.gateway('--yes', 'keys', 'rotate', workspace.keyName, '--output', join(home, 'rotated-key'));
  expect((await platform.complete(firstKey, 'claude-haiku-4-5')).status === 401, 'the old key no longer works');
  await workspace.restart();
  const secondKey = keyOf(workspace);
  expect(secondKey !== firstKey, 'the workspace has another key');
  expect((await platform.complete(secondKey, 'claude-haiku-4-5')).status === 200, 'which works');

  step('revocation survives a restart; restoration ends it');
  platform.gateway('--yes', 'keys', 'revoke', workspace.keyName);
  expect((await platform.complete(secondKey, 'claude-haiku-4-5')).status === 401, 'the revoked key is refused');
  await workspace.restart();
  expect((await platform.complete(secondKey, 'claude-haiku-4-5')).status === 401, 'also after a restart');
  platform.gateway('keys', 'restore', workspace.keyName);
  expect((await platform.complete(secondKey, 'claude-haiku-4-5')).status === 200, 'restored, it works again');

  step('a budget stops a key');
  const ci = platform.gatewayJson<{ key: string }>('keys', 'create', 'ci', 'acceptance', '--budget', '0.0001');
  const answers = [];
  for (let request = 0; request < 3; request++)
    answers.push((await platform.complete(ci.key, 'claude-haiku-4-5')).status);
  saw(`answers: ${answers.join(', ')}`);
  expect(answers.at(-1) === 429, 'the key is refused once its budget is spent');

  step('a model is added by pull request, with its review report');
  run(
    'git',
    [
      '-c',
      'user.name=acceptance',
      '-c',
      'user.email=acceptance@example.com',
      'commit',
      '--quiet',
      '--all',
      '--message',
      'Settings of this deployment',
    ],
    { cwd: platform.directory },
  );
  addModel();
  saw(platform.gateway('review', '--base', 'HEAD').stdout.split('\n').slice(0, 25).join('\n'));
  saw(...outcome(platform.deploy()));
  pushTemplate();
  await workspace.update('claude-opus-4-8');
  expect(keyOf(workspace) === secondKey, 'no key is lost');
  expect(workspace.ssh('ai-models').includes('claude-opus-4-8'), 'the workspace knows the new model');
  expect((await platform.complete(secondKey, 'claude-opus-4-8')).status === 200, 'the new model answers the workspace');

  step('destroy, deploy again: the same keys and spend');
  const before = await settled(workspace.keyName);
  workspace.stop();
  platform.stopStandIn();
  platform.destroy();
  expect(
    run('docker', ['ps', '--all', '--quiet', '--filter', `name=${platform.name}-(litellm|edge)`]).stdout === '',
    'the platform is gone',
  );
  platform.deploy();
  platform.startStandIn(images.node as string);
  await workspace.start();
  expect(keyOf(workspace) === secondKey, 'the same key');
  expect(info(workspace.keyName).spend === before.spend, `the same spend, ${usd(before.spend)}`);

  step('the workspace is deleted: its key dies');
  workspace.delete();
  await until(
    () => {
      platform.gateway('keys', 'reconcile');
      return platform.complete(secondKey, 'claude-haiku-4-5');
    },
    ({ status }) => status === 401,
  );
  expect(true, 'the key of a deleted workspace is refused');
  expect(
    run('docker', ['volume', 'ls', '--quiet', '--filter', `name=${workspace.id}`]).stdout === '',
    'nothing of the workspace is left',
  );
}

/** What cdktf's own display says in the end: what is replaced, how much was done, where it answers. */
const outcome = ({ stdout }: { stdout: string }) => [
  ...new Set(
    stdout
      // biome-ignore lint/suspicious/noControlCharactersInRegex: cdktf moves the cursor
      .replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')
      .split('\n')
      .map((line) => line.replace(/^platform\s+/, '').trim())
      .filter((line) => /must be replaced|Apply complete|^\w+_url = http/.test(line)),
  ),
];

/** Without the last binary digits of a sum. */
const usd = (amount: number) => `$${Number(amount.toFixed(8))}`;

const info = (name: string) => platform.gatewayJson<Key>('keys', 'info', name);

/** A key's state once LiteLLM has written down all it spent: it does so in batches, up to 17 seconds late. */
async function settled(name: string): Promise<Key> {
  for (let last = info(name); ; ) {
    await new Promise((resolve) => setTimeout(resolve, 18_000));
    const now = info(name);
    if (now.spend === last.spend) return now;
    last = now;
  }
}

const keyOf = (workspace: Workspace) =>
  /sk-[\w-]{20,}/.exec(workspace.inside(['cat', '/home/coder/.config/roo-code/settings.json']).stdout)?.[0] ?? '';

async function until<T>(ask: () => T | Promise<T>, good: (answer: T) => boolean, seconds = 90): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still after ${seconds} s: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function addModel(): void {
  const file = join(platform.directory, 'catalog/catalog.ts');
  const entry = `  {
    name: 'claude-opus-4-8',
    title: 'Claude Opus 4.8',
    use: 'advanced reasoning',
    lifecycle: { state: 'active', notBefore: '2027-05-28' },
    deployments: [
      {
        provider: 'anthropic',
        model: 'claude-opus-4-8',
        prices: { input: 5, output: 25, cacheWrite: 6.25, cacheWrite1h: 10, cacheRead: 0.5 },
        rates: anthropicRates(),
        priceSource: ANTHROPIC_PRICES,
        limits: LONG,
        abilities: CLAUDE,
        unsupportedParameters: ['temperature', 'top_p', 'top_k'],
      },
    ],
  },
] as const satisfies Catalog;`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('] as const satisfies Catalog;', entry));
}

/** Every terraform command of the story finds the provider mirror where there is one. */
function useTerraformEnvironment(): void {
  const printed = run('bash', ['-c', '. scripts/terraform-environment.sh && env'], { cwd: root }).stdout;
  for (const [, name, value] of printed.matchAll(/^(TF_\w+|CHECKPOINT_DISABLE|CDKTF_\w+)=(.*)$/gm))
    process.env[name as string] = value;
}

story().then(
  () => {
    leftovers.remove(coder, [WORKSPACE_IMAGE]);
    console.log(`the whole story went as told, in ${Math.round(process.uptime())} s`);
  },
  (error: Error) => {
    console.error(`\nthe story ended early: ${error.message}`);
    leftovers.remove(coder, [WORKSPACE_IMAGE]);
    process.exitCode = 1;
  },
);
