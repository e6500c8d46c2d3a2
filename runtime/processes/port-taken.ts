import { setTimeout as sleep } from 'node:timers/promises';
import { portHolder } from './port-holder';
import { freePort } from './ports';
import { type Service, ServiceFailed } from './service';

/** What PostgreSQL, Envoy, uvicorn and Node.js log when another process has their port. */
const ADDRESS_IN_USE = /address already in use|EADDRINUSE/i;
const CHECK_INTERVAL_MS = 500;
/** How many ports are tried before a start fails. */
const ATTEMPTS = 5;

/** A service that could not listen because another process has its port. */
export class PortTaken extends ServiceFailed {
  override readonly name = 'PortTaken';

  constructor(
    { service, logFile, log }: ServiceFailed,
    readonly port: number,
  ) {
    super(service, `could not use port ${port} of 127.0.0.1: another process has taken it`, logFile, log);
  }
}

export interface Readiness {
  readonly port: number;
  readonly isReady: (signal: AbortSignal) => Promise<boolean>;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a service is ready on its port of 127.0.0.1. An answer of another process that listens there does not count.
 *
 * @throws PortTaken where another process has the port; ServiceFailed where the service ends or time runs out
 */
export async function waitUntilReady(service: Service, { port, isReady, timeoutSeconds, signal }: Readiness) {
  const waiting = new AbortController();
  const ready = async (over: AbortSignal) =>
    (await isReady(over)) && (await portHolder(port, service.pid)) !== 'another';
  try {
    await Promise.race([
      service.waitUntil(ready, timeoutSeconds, signal),
      rejectedWhenTaken(service, port, waiting.signal),
    ]);
  } catch (error) {
    if (error instanceof ServiceFailed && ADDRESS_IN_USE.test(error.log)) throw new PortTaken(error, port);
    throw error;
  } finally {
    waiting.abort();
  }
}

/** Sooner than the service finds out: LiteLLM tries to listen after ten seconds. */
async function rejectedWhenTaken(service: Service, port: number, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    if ((await portHolder(port, service.pid)) === 'another' && service.isRunning) {
      throw new PortTaken(service.failure(''), port);
    }
    await sleep(CHECK_INTERVAL_MS);
  }
}

/**
 * Starts a service on a port; where another process takes that port before the service listens on it, starts it again on
 * the port that `another` returns, at most five times in all.
 *
 * @throws PortTaken where the last port was taken too, and whatever `start` and `another` throw
 */
export async function startOnFreePort<T>(
  port: number,
  start: (port: number) => Promise<T>,
  another: (taken: PortTaken) => Promise<number>,
): Promise<T> {
  let candidate = port;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(candidate);
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === ATTEMPTS) throw error;
      candidate = await another(error);
    }
  }
}

/** The same on any free ports, where no port is preferred; returns the port it got. */
export async function startOnAnyPort(start: (port: number) => Promise<void>): Promise<number> {
  const attempt = async (port: number) => {
    await start(port);
    return port;
  };
  return startOnFreePort(await freePort(), attempt, () => freePort());
}
