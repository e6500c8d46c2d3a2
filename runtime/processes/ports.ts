import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Problem } from '../problem';

/**
 * Below the ports that a system gives to outgoing connections by default (Linux from 32768, macOS from 49152) and below
 * Kubernetes' node ports: none of those takes a port between its choice and its use, or while its service restarts.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 29_999;
/** Ports tried before the search ends: so many are not all taken, so no port can be listened on at all. */
const CANDIDATES = 100;

/** Whether a port of 127.0.0.1 can be listened on now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * The preferred port where it is free, else some free one. Ports in `reserved` count as taken. Another process may take
 * the port before it is used, so start on it with {@link startOnFreePort}.
 *
 * @throws Problem where no port can be listened on
 */
export async function freePort(preferred = 0, reserved: readonly number[] = []): Promise<number> {
  if (preferred !== 0 && !reserved.includes(preferred) && (await isFree(preferred))) return preferred;
  for (let tried = 0; tried < CANDIDATES; tried += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!reserved.includes(port) && (await isFree(port))) return port;
  }
  throw new Problem(
    `none of ${CANDIDATES} ports of 127.0.0.1 from ${FIRST_PORT} to ${LAST_PORT} can be listened on; see that the loopback interface is up and that this process may open more files`,
  );
}

/** Different free ports, as many as asked for. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort(0, ports));
  return ports;
}

/** @throws Problem where a process listens on the port that was asked for, or it is one of `reserved` */
export async function requirePort(port: number, flag: string, reserved: readonly number[] = []): Promise<number> {
  if (!reserved.includes(port) && (await isFree(port))) return port;
  throw portIsTaken(port, flag);
}

/** The error about a port that was asked for with a flag. */
export const portIsTaken = (port: number, flag: string): Problem =>
  new Problem(`port ${port} is taken; name another one with ${flag}, or leave it out and a free one is used`);
