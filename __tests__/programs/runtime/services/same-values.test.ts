import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { terraformTemplate } from '../../../../constructs/terraform/value';
import { localProcess } from '../../../../runtime/services/local-process';
import { CODER_DATABASE_PASSWORD } from '../../../../workloads/postgres';
import { EnvValue } from '../../../../workloads/value';
import type { Workload } from '../../../../workloads/workload';

/** A password with everything that some notation could take for its own. */
const PASSWORD = `p@ss "w\\ord" %2F $x !'()*~ é`;

function locally(value: EnvValue): string {
  const directory = mkdtempSync(join(tmpdir(), 'same-values-test-'));
  const workload = { name: 'coder', environment: { VALUE: value }, scratch: [] } as unknown as Workload;
  const place = { directory, secrets: { postgres_password: PASSWORD }, addresses: {} };
  return localProcess(workload, place).environment.VALUE ?? '';
}

/** What the container gets: the expression in the synthesized Terraform, evaluated by Terraform itself. */
function inTerraform(value: EnvValue): string {
  const directory = mkdtempSync(join(tmpdir(), 'same-values-test-'));
  writeFileSync(join(directory, 'main.tf'), 'variable "postgres_password" {\n  type = string\n}\n');
  const template = terraformTemplate(value, { path: (file) => file });
  const { stdout, stderr, status } = spawnSync('terraform', ['console'], {
    cwd: directory,
    input: `"${template}"\n`,
    encoding: 'utf8',
    env: { ...process.env, TF_VAR_postgres_password: PASSWORD, CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string;
}

const hasTerraform = spawnSync('terraform', ['version']).status === 0;
if (!hasTerraform) console.warn('skipped: values are not compared with Terraform, which is not installed');

(hasTerraform ? test : test.skip).each([
  ["the password of Coder's database", CODER_DATABASE_PASSWORD],
  ['a secret inside a URL', EnvValue.join('postgresql://litellm:', EnvValue.variableInUrl('postgres_password'), '@p')],
])('%s is the same in a container and in a local process', (_, value) => {
  expect(locally(value)).toBe(inTerraform(value));
});

test('a derived value is the SHA-256 of its purpose and its secret, with a colon in between', () => {
  // printf '%s' "coder database:$PASSWORD" | sha256sum
  expect(locally(EnvValue.derived('postgres_password', 'coder database'))).toBe(
    '786a54a18b47d948bf900769ad0a9e2707c22b189765024333c7ae5af7e075c8',
  );
});
