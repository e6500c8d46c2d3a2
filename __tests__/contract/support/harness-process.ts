import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Where the supervisor listens: an environment variable, because tests may run in other processes. */
export const HARNESS_URL = 'GATEWAY_TEST_HARNESS_URL';

const holder = globalThis as { gatewayTestHarness?: ChildProcess };

/** Remembers the supervisor between global set-up and tear-down. */
export function rememberHarness(child: ChildProcess): void {
  holder.gatewayTestHarness = child;
}

/** Closing its input ends it; resolves when everything it started is gone. */
export async function endHarness(): Promise<void> {
  const child = holder.gatewayTestHarness;
  if (!child || child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.stdin?.end();
  await exit;
}
