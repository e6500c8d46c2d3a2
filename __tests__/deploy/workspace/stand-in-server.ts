/**
 * What runs in the container of {@link StandIns}: a scripted model provider (port 4100) and a Coder API (port 7080). The file
 * /state/workspaces.json says which workspaces that Coder knows. The real Coder runs in `__tests__/deploy/coder`.
 */
import { readFileSync, watchFile } from 'node:fs';
import { type StandInWorkspace, startStandInCoder } from '../../contract/key-provisioner/stand-in-coder';
import { startScriptedAnthropic } from '../../contract/support/scripted-anthropic/scripted-anthropic';

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
