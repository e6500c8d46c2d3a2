import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration, SECRETS } from '../../unit/key-provisioner/configuration';

const ROOT = join(__dirname, '../../..');
const directory = mkdtempSync(join(tmpdir(), 'provisioner-server-'));
const file = join(directory, 'gateway.json');
writeFileSync(file, JSON.stringify(configuration));
const taken = createServer();
beforeAll(() => new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  taken.close();
  rmSync(directory, { recursive: true });
});

test.each([
  ['a port that is in use', '127.0.0.1', () => (taken.address() as AddressInfo).port, 'EADDRINUSE'],
  ['an address of another machine', '192.0.2.1', () => 8100, 'EADDRNOTAVAIL'],
])('%s stops the start with the reason and without a stack trace', (_what, HOST, port, code) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'images/key-provisioner/src/server.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOST,
      PORT: String(port()),
      LITELLM_URL: 'http://127.0.0.1:9',
      LITELLM_MASTER_KEY: 'sk-master-key-of-these-tests-0123456789',
      ADMIN_TOKEN: SECRETS.adminToken,
      WORKSPACE_IDENTITY_SECRET: SECRETS.workspaceIdentitySecret,
      KEY_DERIVATION_SECRET: SECRETS.keyDerivationSecret,
      GATEWAY_CONFIGURATION: file,
    },
  });
  expect(status).toBe(1);
  expect(stderr).toContain(`cannot listen on ${HOST}:${port()} (${code})`);
  expect(stderr).not.toContain('    at ');
});
