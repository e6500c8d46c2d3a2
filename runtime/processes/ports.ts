import { createServer } from 'node:net';
import { Problem } from '../problem';

/** Whether a port of 127.0.0.1 can be listened on now. */
export function isFree(port: number): Promise<boolean> {
  return bind(port).then(
    () => true,
    () => false,
  );
}

/** The wished port where it is free, else some free one. Ports in `spokenFor` count as taken. */
export async function freePort(wished = 0, spokenFor: readonly number[] = []): Promise<number> {
  if (wished !== 0 && !spokenFor.includes(wished) && (await isFree(wished))) return wished;
  for (;;) {
    const port = await bind(0);
    if (!spokenFor.includes(port)) return port;
  }
}

/** @throws Problem where somebody listens on the port that was asked for, or it is one of `spokenFor` */
export async function requirePort(port: number, flag: string, spokenFor: readonly number[] = []): Promise<number> {
  if (!spokenFor.includes(port) && (await isFree(port))) return port;
  throw new Problem(`port ${port} is taken; name another one with ${flag}, or leave it out and a free one is used`);
}

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
