import { found, notFound, type Symptom, skipped, step } from '../symptom';
import { KEY_FILE, OPENCODE_FILE, ROO_FILE } from '../workspace-facts';

/** An agent starts and has no configuration, or no key. */
export const workspaceFilesMissing: Symptom = {
  id: 'workspace-files-missing',
  title: 'an agent in a workspace has no configuration or no key',
  detection: 'in the workspace: the files that its start writes, and their modes',
  causes: ['the start could not reach the key-provisioner', 'they were deleted', 'the home directory is full'],
  detect: async (doctor) => {
    const facts = await doctor.workspace();
    if (!facts) return skipped(await doctor.workspaceError());
    const { files, agents } = facts;
    if (agents.includes('none')) return skipped('the workspace was started without agents');
    const { workspace = '' } = doctor.props;
    const { commands } = doctor.runtime;
    const home = (names: readonly string[]) => names.map((file) => `~/${file}`).join(' and ');
    const wanted = [KEY_FILE, ...(agents.some((agent) => ['both', 'opencode'].includes(agent)) ? [OPENCODE_FILE] : [])];
    const missing = wanted.filter((file) => files.get(file) === undefined);
    if (missing.length > 0) {
      return found({
        cause: `${home(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`,
        evidence: missing.map((file) => `stat ~/${file} in ${workspace}: no such file`),
        fix: [
          step('Let the workspace fetch its files again:', commands.exec(workspace, 'start-workspace')),
          step(
            'If that does not help, the log of its start says why:',
            commands.exec(workspace, 'tail -n 30 .local/state/ai-gateway/start.log'),
          ),
        ],
      });
    }
    const open = [...wanted, ROO_FILE].filter((file) => files.get(file) !== undefined && files.get(file) !== '600');
    if (open.length === 0) return notFound;
    const chmod = `sh -c 'chmod 600 ${open.map((file) => `"$HOME/${file}"`).join(' ')}'`;
    return found({
      cause: `${home(open)} can be read by others`,
      evidence: open.map((file) => `mode of ~/${file}: ${files.get(file)}`),
      fix: [step('Make them readable only by their owner:', commands.exec(workspace, chmod))],
    });
  },
};
