import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoderClient } from '../../../images/key-provisioner/src/coder/client';
import { Metrics } from '../../../images/key-provisioner/src/metrics';

const directory = mkdtempSync(join(tmpdir(), 'coder-tls-'));
let server: Server;
let requests = 0;
beforeAll(async () => {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    requests += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

test('a person’s session token is never sent to a Coder with an untrusted certificate', async () => {
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const coder = new CoderClient({ url, metrics: new Metrics() });
  await expect(coder.userOf('session-of-ann-0123456789')).rejects.toThrow(/self-signed/);
  expect(requests).toBe(0);
  await coder.close();
});
