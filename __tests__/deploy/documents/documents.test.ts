import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandsIn, pages } from '../../unit/docs/documents';
import { command, docker, REPOSITORY } from '../support/commands';
import { Walk } from './walk';

/** Every command of every document, typed as it stands there, one after the other as the documents tell it. */
jest.setTimeout(15 * 60_000);

/** Commands that other files run, or that cannot be run from within a test: where, or why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'make test': 'runs this test',
  'make test-unit': 'a part of `make test`',
  'make test-programs': 'a part of `make test`',
  'make test-contract': 'a part of `make test`',
  'make test-deploy': 'a part of `make test`',
  'make test-kubernetes': 'a suite by itself, which is not part of `make test`',
  'gateway secrets push': '__tests__/kubernetes/platform.test.ts',
  'gateway secrets check': '__tests__/kubernetes/platform.test.ts',
  'gateway manifests': '__tests__/kubernetes/platform.test.ts',
  'gateway manifests --output DIRECTORY': '__tests__/kubernetes/platform.test.ts',
  'make acceptance': 'a test by itself',
  'npx jest --selectProjects=unit -u': 'the unit suite; it would rewrite the snapshots',
  'npx tsc --noEmit': 'a part of `make test`: lint',
  'scripts/workspace-firewall.sh install': '__tests__/deploy/workspace/isolation.test.ts',
  'scripts/workspace-firewall.sh install 10.1.2.0/24 host:7080': '__tests__/deploy/workspace/isolation.test.ts',
  'scripts/workspace-firewall.sh status': '__tests__/deploy/workspace/isolation.test.ts',
  'scripts/workspace-firewall.sh remove': '__tests__/deploy/workspace/isolation.test.ts',
  'make litellm VERSION=1.108.7': '__tests__/contract/runtime/move.test.ts, in a copy',
  'make litellm': '__tests__/contract/runtime/move.test.ts, in a copy',
  'cdktf destroy': '__tests__/deploy/platform/platform.test.ts',
  'make workspace-image': '__tests__/deploy/workspace-image/image.test.ts builds it',
  'make workspace-image template':
    '__tests__/deploy/workspace-image/image.test.ts builds it; `make template` is typed here',
  'npx gateway generate-key': '__tests__/contract/cli/generate-key.test.ts',
  'npx gateway spend audit --from 2026-11-01 --to 2026-11-30 --csv': '__tests__/contract/cli/spend.test.ts',
  'npx gateway spend audit --report cost-report.json': '__tests__/contract/cli/spend.test.ts',
  ...Object.fromEntries(
    [
      'npx gateway spend --by person --top 10',
      ...['model', 'day', 'workspace', 'key'].map((what) => `npx gateway spend --by ${what}`),
      'npx gateway spend --by day,model --person ada',
      'npx gateway spend --by person --model claude-opus-5-5 --from 2026-11-25 --to 2026-11-25',
      'npx gateway spend --by person,model --csv',
      'npx gateway spend report --month 2026-11',
    ].map((command) => [command, '__tests__/contract/cli/spend.test.ts']),
  ),
  'gateway spend audit --json': '__tests__/contract/cli/spend.test.ts',
  'gateway spend repair': '__tests__/contract/cli/spend.test.ts',
  'gateway keys delete': '__tests__/contract/cli/keys.test.ts',
  'make destroy': 'typed here with ASSUME_YES',
  'docker kill': 'named, not to be typed',
  'docker start NAME': '`docker start ai-gateway-litellm` is typed here',
  'npx gateway spend repair': '__tests__/contract/cli/spend.test.ts',
  'gateway spend audit --apply': '__tests__/contract/cli/spend.test.ts',
  'npx gateway spend audit --apply': '__tests__/contract/cli/spend.test.ts',
  'coder tokens create --name key-provisioner --lifetime 8760h --scope workspace:read --scope template:read':
    '__tests__/deploy/coder/coder.test.ts',
  'coder tokens remove': '__tests__/deploy/coder/coder.test.ts',
  'coder login': '__tests__/deploy/coder/coder.test.ts has its token',
  'npm test': 'of somebody’s repository: __tests__/deploy/workspace/agents.test.ts',
  'docker inspect': 'named, not to be typed',
  'scripts/test-tools.sh': 'a part of `make test`',
  'npm pack': '__tests__/programs/library/packed.test.ts',
  'npm install ./coder-ai-gateway-0.2.0.tgz cdktf@0.21 constructs@10 @cdktf/provider-docker@12':
    '__tests__/programs/library/packed.test.ts',
  'npx gateway demo': '__tests__/programs/library/packed.test.ts: refused there',
  'npm publish': 'done by the release workflow alone',
  'scripts/prepare-release.sh': '__tests__/programs/library/release.test.ts',
};

let walk: Walk;
beforeAll(async () => {
  walk = new Walk();
  await walk.open();
});
afterAll(() => walk?.remove());

const keys = (...args: string[]) => JSON.parse(walk.type(`npx gateway --json keys ${args.join(' ')}`));
/** For questions asked again and again, without npm, which takes several times the processor time of the program. */
const infoOf = (name: string) =>
  command('node', ['bin/gateway', '--json', 'keys', 'info', name], { cwd: walk.directory }).stdout;
const until = async (holds: () => boolean, seconds: number) => {
  for (const deadline = Date.now() + seconds * 1000; !holds() && Date.now() < deadline; ) await sleep(2000);
};
const fresh = (prefix = '') => prefix + randomBytes(32).toString('base64url');

describe('getting started', () => {
  test('make demo tells its story in a new clone, and Ctrl-C ends it', async () => {
    const screen = await walk
      .converse('make demo', [[/Ctrl-C stops everything/, '\x03']])
      .catch((error: Error) => error.message);
    expect(screen).toContain('the same key, and what it spent still counts');
    expect(screen).toContain('stopped; nothing is left running');
  });

  test('a demo in the background is ready when the command returns, and stops', () => {
    const demo = JSON.parse(walk.type('npm run demo -- --detach --json').replace(/^[^{]*/, ''));
    expect(Object.keys(demo)).toContain('gatewayUrl');
    walk.type('npm run demo:stop');
    expect(existsSync(demo.directory)).toBe(false);
  });

  test('init writes the secrets, the plan is shown and saved, and exactly that is deployed', async () => {
    walk.type('npx gateway init');
    expect(statSync(join(walk.directory, 'secrets.tfvars')).mode & 0o777).toBe(0o600);
    walk.edit((settings) => Object.assign(settings, walk.machineSettings));
    walk.type('$EDITOR gateway.yaml');
    expect(walk.type('make plan')).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy/);
    expect(walk.type('make deploy')).toContain('Apply complete!');
    walk.startProvider();
  });

  test('verify finds everything well, and the doctor nothing to mend', () => {
    expect(walk.type('npx gateway verify')).toMatch(/\d+ passed, 0 failed/);
    const { stdout } = walk.tryType('npx gateway doctor');
    expect(stdout).not.toMatch(/unreachable|refused|unhealthy/i);
    expect(walk.type('npx gateway models')).toContain('claude-haiku-4-5');
    const { models } = JSON.parse(walk.type('npx gateway models --json'));
    expect(models[0].routes[0]).toHaveProperty('rates.webSearch', 10);
  });

  test('the template is a directory as Coder takes it', () => {
    walk.type('make template');
    for (const file of ['cdk.tf.json', 'params.tf', 'README.md'])
      expect([file, existsSync(join(walk.directory, 'cdktf.out/template', file))]).toEqual([file, true]);
    // The variable that `coder templates push` is given.
    const push = commandsIn('docs/getting-started.md').find((line) => line.startsWith('coder templates push')) ?? '';
    expect(walk.type(push.replace(/^.*?<\((.*)\)$/, '$1')).trim()).toBe(
      `workspace_identity_secret: "${walk.secret('workspace_identity_secret')}"`,
    );
    walk.typed.add(push); // the push itself needs a Coder server
  });

  test('cdktf deploys the same, so that nothing is left to do', () => {
    const output = walk.type(
      '. scripts/terraform-environment.sh && npx cdktf deploy platform --var-file=secrets.tfvars --auto-approve',
    );
    expect(output).toMatch(/0 to add, 0 to change, 0 to destroy|No changes/);
  });
});

describe('the second day', () => {
  test('keys are issued, listed, looked at, stopped, restored, replaced and started at zero', async () => {
    const key = (text: string) => /sk-[\w-]{20,}/.exec(text)?.[0] ?? '';
    const first = key(await walk.converse('npx gateway keys create ci my-repo'));
    expect(key(await walk.converse('npx gateway keys create agent review'))).not.toBe('');
    expect(await walk.completion(first)).toBe(200);
    expect(key(await walk.converse('npx gateway keys create ci my-repo --budget 9'))).toBe(first);
    // What an operator set on one key stays.
    expect(walk.type('npx gateway keys reconcile --dry-run')).not.toContain('ci-my-repo');
    walk.type('npx gateway keys reconcile');
    const words = { NAME: 'ci-my-repo', 'workspace-<id>': 'ci-my-repo', 'workspace-…': 'agent-review' };
    expect(walk.type('npx gateway keys list')).toContain('ci-my-repo');
    expect(walk.type('gateway keys info workspace-<id>', words)).toContain('ci-my-repo');
    walk.type('gateway keys revoke NAME', words);
    expect(await walk.completion(first)).toBe(401);
    walk.type('gateway keys restore NAME', words);
    expect(await walk.completion(first)).toBe(200);
    const second = key(await walk.converse('gateway keys rotate NAME', [[/\[y\/N\]/, 'y\n']], words));
    const spend = () => JSON.parse(infoOf('ci-my-repo')).spend as number;
    const earlier = spend();
    expect([await walk.completion(first), await walk.completion(second)]).toEqual([401, 200]);
    // LiteLLM writes spend in batches, also what was spent before a reset.
    await until(() => spend() > earlier, 90);
    await walk.converse('gateway keys reset-spend NAME', [[/\[y\/N\]/, 'y\n']], words);
    expect(keys('info', 'ci-my-repo').spend).toBe(0);
    walk.type('npx gateway keys revoke workspace-…', words);
    expect(keys('info', 'agent-review').state).toBe('revoked');
    walk.type('gateway keys revoke workspace-<id>', { 'workspace-<id>': 'agent-review' });
  });

  test('the ledger is read in the container of PostgreSQL, and what was corrected is on record', () => {
    // Whether its sums agree is for the contract tests.
    const { stdout } = walk.tryType('npx gateway spend audit');
    expect(stdout).toMatch(/^\d+ requests? of a ledger that begins on 20\d\d-\d\d-\d\d/m);
    walk.type('npx gateway spend corrections');
    expect(walk.type('npx gateway spend --by person')).toMatch(/in \d+ requests? from/);
  });

  test('many people get keys, and only those who have none get one at the second run', () => {
    writeFileSync(join(walk.directory, 'users.csv'), 'username\nada\ngrace\n');
    walk.type('gateway keys bootstrap users.csv --output keys.csv');
    const file = walk.read('keys.csv');
    expect(file.match(/sk-/g)).toHaveLength(2);
    walk.type('gateway keys bootstrap users.csv --output keys.csv');
    expect(walk.read('keys.csv')).toBe(file);
  });

  test('keys are listed by scope', async () => {
    expect((await walk.workspaceKey('one')).status).toBe(201);
    expect(walk.type('gateway keys list --scope workspace')).toContain('workspace-one');
  });

  test('a backup brings back what was lost, also into a database that a newer release has changed', async () => {
    walk.type('docker exec ai-gateway-postgres pg_dump -U litellm -Fc litellm > gateway.dump');
    walk.type('npx gateway --yes keys delete ci-my-repo');
    expect(walk.tryType('npx gateway keys info ci-my-repo').status).not.toBe(0);
    // As the migrations of LiteLLM do: a new table that refers to an old one.
    const newer = 'CREATE TABLE newer (user_id text REFERENCES "LiteLLM_UserTable")';
    docker('exec', `${walk.name}-postgres`, 'psql', '-U', 'litellm', '-c', newer);
    walk.type('docker stop ai-gateway-litellm');
    walk.type('docker exec ai-gateway-postgres dropdb -U litellm --force litellm');
    walk.type('docker exec ai-gateway-postgres createdb -U litellm litellm');
    walk.type('docker exec -i ai-gateway-postgres pg_restore -U litellm -d litellm --exit-on-error < gateway.dump');
    walk.type('docker start ai-gateway-litellm');
    await until(() => infoOf('ci-my-repo').includes('active'), 180);
    expect(keys('info', 'ci-my-repo').state).toBe('active');
    const gone = "SELECT to_regclass('newer') IS NULL";
    expect(docker('exec', `${walk.name}-postgres`, 'psql', '-U', 'litellm', '-Atc', gone)).toBe('t');
  });

  test('a change is reviewed before it is planned', () => {
    walk.commit('This deployment');
    walk.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    walk.edit((settings) => {
      (settings.policies as Record<string, Record<string, unknown>>).workspace!.max_budget = 12;
    });
    walk.type('$EDITOR gateway.yaml');
    expect(walk.tryType('npx gateway review --base origin/main').stdout).toMatch(/\$10.*\$12|10 → 12/);
    expect(walk.tryType('gateway review --base main').stdout).toContain('workspace');
  });

  test('secrets are replaced, the salt key excepted, with what the table says about them', async () => {
    const workspace = (await walk.workspaceKey('one')).key as string;
    const [master, admin] = [walk.secret('litellm_master_key'), walk.secret('provisioner_admin_token')];
    const password = fresh();
    await walk.converse("docker exec -it ai-gateway-postgres psql -U litellm -c '\\password litellm'", [
      [/Enter new password/, `${password}\n`],
      [/Enter it again/, `${password}\n`],
    ]);
    walk.putSecret('postgres_password', password);
    walk.putSecret('litellm_master_key', fresh('sk-'));
    walk.putSecret('provisioner_admin_token', fresh());
    walk.putSecret('workspace_identity_secret', fresh());
    walk.putSecret('anthropic_api_key', 'another-provider-key');
    walk.edit((settings) => {
      (settings.providers as Record<string, unknown>).bedrock = walk.bedrock;
    });
    walk.type('$EDITOR gateway.yaml');
    const awsCredentials = (keyId: string) => {
      walk.putSecret('aws_access_key_id', keyId);
      walk.putSecret('aws_secret_access_key', fresh());
    };
    awsCredentials('AKIATHEFIRSTONE00');
    walk.type('make plan');
    walk.type('make deploy');

    expect(await walk.completion(workspace)).toBe(200);
    expect([await walk.administration(master), await walk.administration(walk.secret('litellm_master_key'))]).toEqual([
      401, 200,
    ]);
    expect((await walk.workspaceKey('one')).key).toBe(workspace);
    // The key may use Bedrock's models since that start.
    expect(await walk.providerCredentials(workspace)).toEqual({
      anthropic: 'another-provider-key',
      bedrock: 'AKIATHEFIRSTONE00',
    });
    const refused = command('npx', ['gateway', 'keys', 'list'], {
      cwd: walk.directory,
      env: { GATEWAY_ADMIN_TOKEN: admin },
    });
    expect([refused.status, walk.type('npx gateway keys list')]).toEqual([3, expect.stringContaining('workspace-one')]);

    walk.putSecret('key_derivation_secret', fresh());
    awsCredentials('AKIATHESECONDONE0');
    walk.type('make plan deploy');
    const next = (await walk.workspaceKey('one')).key as string;
    expect(next).not.toBe(workspace);
    expect(await walk.completion(next)).toBe(200);
    expect(await walk.providerCredentials(next)).toMatchObject({ bedrock: 'AKIATHESECONDONE0' });
  });

  test('after a removal the database is there until its volume is removed by hand', () => {
    walk.standIns.remove();
    expect(command('make', ['destroy'], { cwd: walk.directory, env: { ASSUME_YES: '1' } }).status).toBe(0);
    const volume = `${walk.name}-postgres-data`;
    expect(docker('volume', 'ls', '--quiet', '--filter', `name=${volume}`)).toBe(volume);
    walk.type('docker volume rm <name>-postgres-data', { '<name>': walk.name });
    expect(docker('volume', 'ls', '--quiet', '--filter', `name=${volume}`)).toBe('');
  });
});

test('generated files are current, as npm run schema and npm run reference leave them', () => {
  walk.type('npm run schema');
  walk.type('npm run reference');
  for (const file of ['gateway.schema.json', 'docs/reference/settings.md', 'docs/reference/cli.md'])
    expect(walk.read(file)).toBe(readFileSync(join(REPOSITORY, file), 'utf8'));
});

test('one test file runs as contributors are told', () => {
  walk.type('npx jest --selectProjects=unit --testPathPatterns catalog');
});

test('synth is what make and node run, and cdktf can write it as HCL', () => {
  const synthesized = () => walk.read('cdktf.out/stacks/platform/cdk.tf.json');
  walk.type('make synth');
  const first = synthesized();
  walk.type('node bin/synth');
  expect(synthesized()).toBe(first);
  walk.type('cdktf synth --hcl');
  expect(walk.read('cdktf.out/stacks/platform/cdk.tf')).toContain('resource "docker_container" "litellm"');
});

test.each(pages)('every command of %s was typed', (page) => {
  const programs = /^(gateway|make|npm|npx|docker|node|cdktf|coder) \S|^scripts\/\S+\.sh|^\. scripts\/|^\$EDITOR/;
  const typed = [...walk.typed].map(bare);
  const untyped = commandsIn(page)
    .filter((line) => programs.test(line) && !(line in ELSEWHERE))
    .filter(
      (line) =>
        !typed.some((other) => other === bare(line) || other.includes(`${bare(line)} `) || other.endsWith(bare(line))),
    );
  expect(untyped).toEqual([]);
});

const bare = (line: string) => line.replace(/^npx /, '');
