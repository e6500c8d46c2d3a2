import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { type Identity, newWorkspace } from '../key-provisioner/client';
import { startStandInCoder } from '../key-provisioner/stand-in-coder';
import { send } from '../support/requests';
import { command, detached, finished } from './demo-process';

const MINUTES = 60_000;

test(
  'a demo that knows a Coder gives keys to the workspaces that run there, and to no others',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'demo-coder-test-'));
    const coder = await startStandInCoder();
    const [running, stopped, unknown] = [newWorkspace(), newWorkspace(), newWorkspace()];
    coder.workspaces.set(running.workspace_id, { owner_id: running.owner_id, transition: 'start', status: 'running' });
    coder.workspaces.set(stopped.workspace_id, { owner_id: stopped.owner_id, transition: 'stop', status: 'stopped' });
    try {
      const { provisionerUrl, workspaceIdentitySecret } = await detached(
        ['--directory', directory, '--coder-url', coder.url],
        { CODER_TOKEN: coder.token },
      );
      const start = async (identity: Identity) => {
        const token = workspaceToken(workspaceIdentitySecret, identity);
        return (await send('POST', `${provisionerUrl}/api/v1/keys/workspace`, token, identity)).status;
      };
      expect([await start(running), await start(stopped), await start(unknown)]).toEqual([201, 403, 403]);
    } finally {
      await finished(command('stop', ['--directory', directory]));
      await coder.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
  5 * MINUTES,
);
