import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { type Gateway, startGateway } from '../support/start-gateway';
import { Client, newWorkspace } from './client';

const run = promisify(execFile);
const VERSION = '4.32.5';
const CACHE = cacheDirectory();
const VENV = join(CACHE, `schemathesis-${VERSION}`);
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';

/** Without what earlier runs found: each run asks the same. */
const FRESH = ['--generation-database', 'none'];

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ keyProvisioner: true });
  if (!existsSync(join(VENV, 'bin/st'))) {
    await run('python3', ['-m', 'venv', VENV]);
    await run(join(VENV, 'bin/pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
  }
}, 600_000);
afterAll(() => gateway?.stop());

test('no request that Schemathesis thinks of breaks the API or is answered otherwise than documented', async () => {
  const args = ['run', `${gateway.provisionerUrl}/openapi.json`, '--checks', CHECKS, '--max-examples', '25'];
  const options = [
    '--phases',
    'examples,coverage,fuzzing',
    '--rate-limit',
    '18/s',
    '--seed',
    '1',
    '--no-color',
    ...FRESH,
  ];
  const env = {
    ...process.env,
    SCHEMATHESIS_HOOKS: 'fuzz_hooks',
    PYTHONPATH: __dirname,
    PYTHONDONTWRITEBYTECODE: '1',
    FUZZ_IDENTITY_SECRET: gateway.workspaceIdentitySecret,
    FUZZ_ADMIN_TOKEN: gateway.adminToken,
    FUZZ_KEY: await new Client(gateway).key(newWorkspace()),
  };
  const report = await run(join(VENV, 'bin/st'), [...args, ...options], { env, cwd: CACHE, maxBuffer: 1e8 }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`${stdout}\n${stderr}`);
    },
  );
  expect(report.stdout).toMatch(/No issues found|passed/i);
}, 900_000);
