import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimPorts, replacePort } from '../../../demo/ports';
import { Registry } from '../../../demo/registry';
import { quietly } from '../../../runtime/installation/work';
import { freePort } from '../../../runtime/processes/ports';

const demo = { directory: '/nowhere', keep: true };
const registry = () => new Registry(mkdtempSync(join(tmpdir(), 'ports-test-')));

test('a port that was asked for and is taken is refused with a way out', async () => {
  const port = await freePort();
  const occupant = createServer().listen(port, '127.0.0.1');
  const claim = claimPorts(registry(), { gateway: port, usualGateway: 1, usualProvisioner: 1 }, demo, quietly);
  await expect(claim).rejects.toThrow(`port ${port} is taken; name another one with --gateway-port`);
  occupant.close();
});

test('one port asked for twice is refused', async () => {
  const port = await freePort();
  const request = { gateway: port, provisioner: port, usualGateway: 1, usualProvisioner: 1 };
  await expect(claimPorts(registry(), request, demo, quietly)).rejects.toThrow(
    `port ${port} is taken; name another one with --provisioner-port`,
  );
});

test('a port that another demo has claimed is refused before that one listens', async () => {
  const shared = registry();
  const request = { gateway: await freePort(), usualGateway: 1, usualProvisioner: 1 };
  await claimPorts(shared, request, demo, quietly);
  await expect(claimPorts(shared, request, demo, quietly)).rejects.toThrow(`port ${request.gateway} is taken`);
});

test('the usual ports are used where they are free, others where they are not', async () => {
  const usualGateway = await freePort();
  const usualProvisioner = await freePort(0, [usualGateway]);
  const occupant = createServer().listen(usualProvisioner, '127.0.0.1');
  const ports = await claimPorts(registry(), { usualGateway, usualProvisioner }, demo, quietly);
  expect(ports.gateway).toBe(usualGateway);
  expect(ports.provisioner).not.toBe(usualProvisioner);
  occupant.close();
});

test('a demo that is starting keeps its ports before it listens', async () => {
  const shared = registry();
  const request = { usualGateway: await freePort(), usualProvisioner: await freePort() };
  const [first, second] = await Promise.all([
    claimPorts(shared, request, demo, quietly),
    claimPorts(shared, request, demo, quietly),
  ]);
  const all = [...Object.values(first), ...Object.values(second)];
  expect(new Set(all).size).toBe(all.length);
});

test('a port that was lost before it was used is replaced by one that no demo has', async () => {
  const shared = registry();
  const request = { usualGateway: await freePort(), usualProvisioner: await freePort() };
  const ports = await claimPorts(shared, request, demo, quietly);
  const replaced = await replacePort(shared, request, demo, ports, 'litellm', quietly);
  expect(replaced).toEqual({ ...ports, litellm: expect.any(Number) });
  expect(Object.values(ports)).not.toContain(replaced.litellm);
  const [entry] = await shared.running();
  expect(entry?.ports.toSorted()).toEqual(Object.values(replaced).toSorted());
});

test.each([
  ['gateway', '--gateway-port'],
  ['provisioner', '--provisioner-port'],
] as const)('the %s port that the user named and that was lost is refused with a way out', async (service, flag) => {
  const shared = registry();
  const port = await freePort();
  const request = { [service]: port, usualGateway: await freePort(), usualProvisioner: await freePort() };
  const ports = await claimPorts(shared, request, demo, quietly);
  const replacement = async () => replacePort(shared, request, demo, ports, service, quietly);
  await expect(replacement()).rejects.toThrow(`port ${port} is taken; name another one with ${flag}`);
});

test('where no port can be listened on, the search ends and says so', async () => {
  const all = Array.from({ length: 65_536 }, (_, port) => port);
  await expect(freePort(0, all)).rejects.toThrow(
    'none of 100 ports of 127.0.0.1 from 15000 to 29999 can be listened on; see that the loopback interface is up',
  );
});
