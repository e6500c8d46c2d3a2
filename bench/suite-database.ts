/**
 * Usage: node --import tsx bench/suite-database.ts
 *
 * How long a suite of the contract tests waits for a database of its own, against migrating an empty one.
 */

import { TestGateways } from '../__tests__/contract/support/gateways';
import { plainErrors } from '../plain-errors';
import { cacheDirectory } from '../runtime/installation/directories';
import { migrate } from '../runtime/installation/migrations';
import { preparePythonEnvironment } from '../runtime/installation/python-environment';
import { quietly } from '../runtime/installation/work';

plainErrors('bench/suite-database');

const SUITES = 9;
const LIMIT_S = 2;

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return (performance.now() - began) / 1000;
}

async function main(): Promise<void> {
  const { migrationsDirectory } = await preparePythonEnvironment(cacheDirectory(), quietly);
  const gateways = await TestGateways.open(quietly);
  try {
    const times: number[] = [];
    for (let suite = 0; suite < SUITES; suite += 1) times.push(await seconds(() => gateways.database()));
    times.sort((a, b) => a - b);
    const median = times[Math.floor(SUITES / 2)] ?? Number.NaN;
    const worst = times[SUITES - 1] ?? Number.NaN;
    const { databaseUrl } = await gateways.database({ migrated: false });
    const migration = await seconds(() => migrate(databaseUrl, migrationsDirectory));
    console.log(
      `fresh database  ${median.toFixed(2)} s, at worst ${worst.toFixed(2)} s (limit ${LIMIT_S} s; of ${SUITES})`,
    );
    console.log(`migrating one   ${migration.toFixed(2)} s`);
    console.log(`ratio           ${(migration / median).toFixed(1)}`);
  } finally {
    await gateways.stop();
  }
}

void main();
