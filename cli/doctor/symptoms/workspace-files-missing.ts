import { notExamined, type Symptom } from '../symptom';
import { KEY_FILE, OPENCODE_FILE, ROO_FILE, type WorkspaceFacts } from '../workspace-facts';

/** An agent starts and has no configuration, or no key. */
export const workspaceFilesMissing: Symptom = {
  id: 'workspace-files-missing',
  title: 'an agent in a workspace has no configuration or no key',
  detection: 'in the workspace: the files that its start writes, and their modes',
  causes: ['the start could not reach the key-provisioner', 'somebody deleted them', 'the home directory is full'],
  detect: async (examination) => {
    const trouble = await examination.workspaceTrouble();
    if (trouble) return notExamined(trouble);
    const { files, agents } = (await examination.workspace()) as WorkspaceFacts;
    const wanted = [KEY_FILE, ...(agents.some((agent) => ['both', 'opencode'].includes(agent)) ? [OPENCODE_FILE] : [])];
    const workspace = examination.options.workspace ?? '';
    const again = `docker exec ${workspace} start-workspace`;
    if (agents.includes('none')) return notExamined('the workspace was started without agents');
    const missing = wanted.filter((file) => files.get(file) === undefined);
    if (missing.length > 0) {
      return [
        {
          cause: `${missing.map((file) => `~/${file}`).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
          evidence: missing.map((file) => `stat ~/${file} in ${workspace}: no such file`),
          fix: [again, `docker exec ${workspace} tail -n 30 .local/state/ai-gateway/start.log   # if it does not help`],
        },
      ];
    }
    const open = [...wanted, ROO_FILE].filter((file) => files.get(file) !== undefined && files.get(file) !== '600');
    if (open.length === 0) return [];
    return [
      {
        cause: `${open.map((file) => `~/${file}`).join(' and ')} can be read by others`,
        evidence: open.map((file) => `mode of ~/${file}: ${files.get(file)}`),
        fix: [`docker exec ${workspace} sh -c 'chmod 600 ${open.map((file) => `"$HOME/${file}"`).join(' ')}'`],
      },
    ];
  },
};
