import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HARNESS_URL, rememberHarness } from './harness-process';

const ROOT = join(__dirname, '../../..');
const SUPERVISOR = join(ROOT, '__tests__/contract/support/supervisor.ts');

/** Starts PostgreSQL and the supervisor of all gateways, once for the whole run. */
export default async function globalSetup(): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', SUPERVISOR], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // ends with standard input, after everything else; not by Ctrl-C
  });
  rememberHarness(child);
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    once(child, 'exit').then(() => undefined),
  ]);
  if (!line) {
    throw new Error(
      'the contract tests need the real LiteLLM, which could not be started for the reason above; CONTRACT=skip leaves these tests out',
    );
  }
  process.env[HARNESS_URL] = (JSON.parse(line) as { url: string }).url;
}
