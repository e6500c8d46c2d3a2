import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Service } from '../../../../runtime/processes/service';

const start = (script: string) => {
  const logFile = join(mkdtempSync(join(tmpdir(), 'service-test-')), 'log');
  return { logFile, service: Service.start('the service', 'sh', ['-c', script], { env: process.env, logFile }) };
};

test('a service that ends while starting shows the end of its log', async () => {
  const { service } = start('echo the reason; exit 1');
  const ready = service.waitUntil(async () => false, 30);
  await expect(ready).rejects.toThrow(/^the service ended while starting, see .*log; its last lines:\nthe reason$/);
});

test('a service that is never ready is given up', async () => {
  const { service } = start('exec sleep 300');
  await expect(service.waitUntil(async () => false, 0.2)).rejects.toThrow('the service was not ready after 0.2 s');
  await service.stop();
  expect(service.isRunning).toBe(false);
});

test('a service that ends is reported although the check of its readiness never settles', async () => {
  const { service } = start('echo the reason; exit 1');
  await expect(service.waitUntil(() => new Promise(() => {}), 30)).rejects.toThrow('ended while starting');
});

test('an error shows what this start logged, not what an earlier one did', async () => {
  const { service: earlier, logFile } = start('echo of the first start');
  await earlier.ended;
  const service = Service.start('the service', 'sh', ['-c', 'echo the reason; exit 1'], { env: process.env, logFile });
  await expect(service.waitUntil(async () => false, 30)).rejects.toMatchObject({ log: 'the reason' });
  expect(readFileSync(logFile, 'utf8')).toBe('of the first start\nthe reason\n');
});

test('only its owner reads a log', async () => {
  const { service, logFile } = start('echo secret');
  await service.ended;
  expect(readFileSync(logFile, 'utf8')).toBe('secret\n');
  expect(statSync(logFile).mode & 0o777).toBe(0o600);
});
