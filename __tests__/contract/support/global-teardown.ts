import { endHarness } from './harness-process';

/** Stops whatever the suites left running, and PostgreSQL. */
export default async function globalTeardown(): Promise<void> {
  await endHarness();
}
