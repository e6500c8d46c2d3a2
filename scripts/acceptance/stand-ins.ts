/**
 * What the acceptance test needs beside the product, in one container: a scripted model provider (port 4100) and a Coder API
 * (port 7080). Both are stand-ins, and no claim about models or Coder rests on them: the real Coder runs in
 * `__tests__/deploy/coder`.
 *
 * The file /state/workspaces.json says which workspaces that Coder knows.
 */
import { readFileSync, watchFile } from 'node:fs';
import { type StandInWorkspace, startStandInCoder } from '../../__tests__/contract/key-provisioner/stand-in-coder';
import { startScriptedAnthropic } from '../../__tests__/contract/support/scripted-anthropic/scripted-anthropic';

const STATE = '/state/workspaces.json';

async function main(): Promise<void> {
  await startScriptedAnthropic({ port: 4100, host: '0.0.0.0', retired: /sonnet-4-5-20250929/, strict: /-5-5$/ });
  const coder = await startStandInCoder({ port: 7080, host: '0.0.0.0' });
  const read = () => {
    const known = JSON.parse(readFileSync(STATE, 'utf8')) as Record<string, StandInWorkspace>;
    for (const [id, workspace] of Object.entries(known)) coder.workspaces.set(id, workspace);
  };
  read();
  watchFile(STATE, { interval: 200 }, read);
  process.once('SIGTERM', () => process.exit(0));
}

void main();
