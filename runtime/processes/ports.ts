import { createServer } from 'node:net';
import { Problem } from '../problem';

/** Whether a port of 127.0.0.1 can be listened on now. */
export function isFree(port: number): Promise<boolean> {
  return bind(port).then(
    () => true,
    () => false,
  );
}

/**
 * The preferred port where it is free, else some free one. Ports in `reserved` count as taken. Another process may take
 * the port before it is used, so start on it with {@link startOnFreePort}.
 */
export async function freePort(preferred = 0, reserved: readonly number[] = []): Promise<number> {
  if (preferred !== 0 && !reserved.includes(preferred) && (await isFree(preferred))) return preferred;
  for (;;) {
    const port = await bind(0);
    if (!reserved.includes(port)) return port;
  }
}

/** @throws Problem where a process listens on the port that was asked for, or it is one of `reserved` */
export async function requirePort(port: number, flag: string, reserved: readonly number[] = []): Promise<number> {
  if (!reserved.includes(port) && (await isFree(port))) return port;
  throw portIsTaken(port, flag);
}

/** The error about a port that was asked for with a flag. */
export const portIsTaken = (port: number, flag: string): Problem =>
  new Problem(`port ${port} is taken; name another one with ${flag}, or leave it out and a free one is used`);

function bind(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
