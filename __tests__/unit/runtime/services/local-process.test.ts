import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localProcess } from '../../../../runtime/services/local-process';
import { parseSettings } from '../../../../settings/load';
import { keyProvisioner } from '../../../../workloads/key-provisioner';
import { litellm } from '../../../../workloads/litellm';

const settings = parseSettings('providers: { anthropic: { credentials: variable } }');
const secrets = {
  litellm_master_key: 'sk-master',
  postgres_password: 'p@ss/word',
  anthropic_api_key: 'sk-ant',
  workspace_identity_secret: 'identity',
};
const render = (workload: ReturnType<typeof litellm>, addresses = {}) => {
  const directory = mkdtempSync(join(tmpdir(), 'local-process-test-'));
  return { directory, ...localProcess(workload, { directory, secrets, addresses }) };
};

test("LiteLLM gets the deployment's environment, with this machine's addresses and secrets", () => {
  const { environment } = render(litellm(settings), { postgres: '127.0.0.1:6000' });
  expect(environment).toMatchObject({
    LITELLM_MASTER_KEY: 'sk-master',
    ANTHROPIC_API_KEY: 'sk-ant',
    DATABASE_URL: 'postgresql://litellm:p%40ss%2Fword@127.0.0.1:6000/litellm',
  });
});

test('files are written for their owner alone, and arguments lead to them', () => {
  const { directory, arguments: args } = render(litellm(settings), { postgres: 'p:1' });
  const file = join(directory, 'config.yaml');
  expect(args).toContain(file);
  expect(readFileSync(file, 'utf8')).toContain('model_list:');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a container's /tmp becomes a directory of this process alone", () => {
  const { directory, environment } = render(litellm(settings), { postgres: 'p:1' });
  const outside = Object.values(environment).filter((value) => value.startsWith('/') && !value.startsWith(directory));
  expect(outside).toEqual([]);
});

test('an address that is not there is named', () => {
  expect(() => render(keyProvisioner(settings))).toThrow('the address of litellm');
});
