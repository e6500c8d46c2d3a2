import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortTaken, startOnAnyPort, startOnFreePort, waitUntilReady } from '../../../../runtime/processes/port-taken';
import { freePort } from '../../../../runtime/processes/ports';
import { Service } from '../../../../runtime/processes/service';

/** A web server on a port, after a time in which it does something else. */
function webServer(port: number, delayMs = 0): Service {
  const logFile = join(mkdtempSync(join(tmpdir(), 'port-taken-test-')), 'log');
  const script = `setTimeout(() => require('node:http').createServer((_, response) => response.end('ready')).listen(${port}, '127.0.0.1'), ${delayMs})`;
  return Service.start('the web server', process.execPath, ['-e', script], { env: process.env, logFile });
}

async function start(port: number, delayMs?: number): Promise<Service> {
  const service = webServer(port, delayMs);
  const isReady = async (signal: AbortSignal) => (await fetch(`http://127.0.0.1:${port}`, { signal })).ok;
  try {
    await waitUntilReady(service, { port, isReady, timeoutSeconds: 30 });
  } catch (error) {
    await service.stop();
    throw error;
  }
  return service;
}

test('a service whose port another process took starts on another one', async () => {
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  const { port: taken } = occupant.address() as { port: number };
  const lost: number[] = [];
  const service = await startOnFreePort(taken, start, async ({ port }) => {
    lost.push(port);
    return freePort();
  });
  expect(service.isRunning).toBe(true);
  expect(lost).toEqual([taken]);
  await service.stop();
  occupant.close();
});

test('a port that is lost right after it was chosen is not used', async () => {
  const occupants: Server[] = [];
  let service: Service | undefined;
  const port = await startOnAnyPort(async (chosen) => {
    if (occupants.length < 2) {
      const occupant = createServer().listen(chosen, '127.0.0.1');
      await once(occupant, 'listening');
      occupants.push(occupant);
    }
    service = await start(chosen);
  });
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('ready');
  expect(occupants.map((occupant) => (occupant.address() as { port: number }).port)).not.toContain(port);
  await service?.stop();
  for (const occupant of occupants) occupant.close();
});

test('the answer of another process on the same port is not taken for readiness', async () => {
  const port = await freePort();
  const other = await start(port);
  await expect(start(port, 300_000)).rejects.toBeInstanceOf(PortTaken);
  await other.stop();
});

test('a start is given up after five ports, with the last one named', async () => {
  const occupants = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = occupants.map((occupant) => (occupant.address() as { port: number }).port);
  const tried: number[] = [];
  const attempt = startOnFreePort(
    ports[0] ?? 0,
    (port) => {
      tried.push(port);
      return start(port);
    },
    async () => ports[tried.length] ?? 0,
  );
  await expect(attempt).rejects.toThrow(`the web server could not use port ${ports[4]} of 127.0.0.1`);
  expect(tried).toEqual(ports);
  for (const occupant of occupants) occupant.close();
});
