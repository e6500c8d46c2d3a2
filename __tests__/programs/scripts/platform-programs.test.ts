import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OLDEST_TERRAFORM, terraformProblem } from '../../../constructs/terraform/version';

const root = join(__dirname, '../../..');
let directory: string;
let plan: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-programs-'));
  const stack = join(directory, 'cdktf.out/stacks/platform');
  mkdirSync(stack, { recursive: true });
  mkdirSync(join(directory, 'bin'));
  plan = join(stack, 'platform.tfplan');
  writeFileSync(plan, 'a saved plan');
  writeFileSync(join(stack, 'plan.json'), planOf([]));
  writeFileSync(join(stack, 'cdk.tf.json'), '{}');
  writeFileSync(join(directory, 'secrets.tfvars'), 'litellm_master_key = "sk-x"');
  standIn('terraform', `case $* in *"version -json"*) echo '{"terraform_version": "${OLDEST_TERRAFORM}"}' ;; esac`);
  standIn('docker', 'exit 0');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A program of this name that does what a test wants of it. */
function standIn(name: string, script: string): void {
  writeFileSync(join(directory, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function run(script: 'plan' | 'deploy' | 'destroy') {
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts', `${script}.sh`), {
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
      CDKTF_OUTDIR: join(directory, 'cdktf.out'),
      SECRETS: join(directory, 'secrets.tfvars'),
    },
  });
  return { status, output: stdout + stderr };
}

const planOf = (changes: unknown[], host = 'unix:///var/run/docker.sock') =>
  JSON.stringify({
    resource_changes: changes,
    configuration: { provider_config: { docker: { expressions: { host: { constant_value: host } } } } },
  });

test('a Terraform that is not there is missed by name, with the version to install', () => {
  expect(terraformProblem('terraform-of-nobody')).toBe(
    `terraform-of-nobody is not installed; install Terraform ${OLDEST_TERRAFORM} or later (https://developer.hashicorp.com/terraform/install)`,
  );
});

test.each([
  ['1.6.6', false],
  ['0.15.5', false],
  ['1.7.0', true],
  ['1.11.4', true],
  ['2.0.0', true],
])('Terraform %s is new enough: %s', (version, enough) => {
  standIn('terraform', `echo '{"terraform_version": "${version}"}'`);
  expect(terraformProblem(join(directory, 'bin/terraform')) === undefined).toBe(enough);
});

test.each(['README.md', 'docs/getting-started.md'])('%s asks for the Terraform that is needed', (page) => {
  const [major, minor] = OLDEST_TERRAFORM.split('.');
  expect(readFileSync(join(root, page), 'utf8')).toContain(`Terraform ${major}.${minor} or later`);
});

test.each(['plan', 'deploy'] as const)('make %s stops at a Terraform that is too old', (script) => {
  standIn('terraform', `echo '{"terraform_version": "1.6.6"}'`);
  const { status, output } = run(script);
  expect(status).toBe(1);
  expect(output).toContain(`terraform is version 1.6.6, and ${OLDEST_TERRAFORM} or later is needed`);
});

test('make plan stops where no Docker daemon answers', () => {
  standIn('docker', 'exit 1');
  const { status, output } = run('plan');
  expect(status).toBe(1);
  expect(output).toContain('no Docker daemon answers at unix:///var/run/docker.sock; start it, or set docker.host');
});

test('what an earlier make plan saved cannot be deployed after one that failed', () => {
  standIn('docker', 'exit 1');
  run('plan');
  expect(existsSync(plan)).toBe(false);
  expect(run('deploy').output).toContain("there is no saved plan; run 'make plan'");
});

test('a plan that Terraform finds stale is thrown away, and make plan is named as the way on', () => {
  standIn(
    'terraform',
    `case $* in *"version -json"*) echo '{"terraform_version": "1.11.4"}' ;; *apply*) echo 'Saved plan is stale' >&2; exit 1 ;; esac`,
  );
  const { status, output } = run('deploy');
  expect(status).toBe(1);
  expect(output).toContain('Saved plan is stale');
  expect(output).toContain("run 'make plan'");
  expect(existsSync(plan)).toBe(false);
});

test('a port that somebody else took since the plan stops the deployment before it begins', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const publish = (external: number) => ({ name: 'gw-litellm', ports: [{ external, ip: '127.0.0.1' }] });
  const replaced = (before: number, after: number) => ({
    address: 'docker_container.edge',
    type: 'docker_container',
    change: { actions: ['delete', 'create'], before: publish(before), after: publish(after) },
  });
  const json = join(directory, 'cdktf.out/stacks/platform/plan.json');
  try {
    writeFileSync(json, planOf([replaced(1, port)]));
    const { status, output } = run('deploy');
    expect(status).toBe(1);
    expect(output).toContain(`port ${port} on 127.0.0.1, meant for gw-litellm, is taken`);
    // Its own port is no obstacle, and another machine's ports are not to be seen from here.
    writeFileSync(json, planOf([replaced(port, port)]));
    expect(run('deploy').status).toBe(0);
    writeFileSync(plan, 'a saved plan');
    writeFileSync(json, planOf([replaced(1, port)], 'ssh://root@docker.test'));
    expect(run('deploy').status).toBe(0);
  } finally {
    server.close();
  }
});

test('make destroy removes nothing while workspaces run, names them and what stops them', () => {
  standIn(
    'docker',
    `case $* in
      "ps --filter network=ai-gateway-edge "*)
        printf 'ai-gateway-edge\\t\\t\\n'
        printf 'gws-casey-dev-door\\tcasey\\tdev\\n'
        printf 'somebody\\t\\t\\n' ;;
      "ps "*) printf 'ai-gateway-litellm\\t\\t\\n' ;;
    esac`,
  );
  standIn(
    'terraform',
    `case $* in *"version -json"*) echo '{"terraform_version": "1.11.4"}' ;; *) touch ${directory}/touched ;; esac`,
  );
  const { status, output } = run('destroy');
  expect(status).toBe(1);
  expect(output).toContain('nothing was removed');
  expect(output).toContain('the workspace casey/dev (container gws-casey-dev-door)');
  expect(output).toContain('coder stop casey/dev --yes');
  expect(output).toContain('docker network disconnect ai-gateway-edge somebody');
  expect(output).not.toContain('container ai-gateway');
  expect(existsSync(join(directory, 'touched'))).toBe(false);
});
