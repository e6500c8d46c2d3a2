import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { PACKAGE_ROOT } from '../../../package-root';
import { notExamined, type Symptom } from '../symptom';

const SCRIPT = join(PACKAGE_ROOT, 'scripts/workspace-firewall.sh');

/** What no option of a Docker network blocks: the services of the machine the workspaces run on. */
export const hostOpen: Symptom = {
  id: 'host-open',
  title: 'workspaces may reach services of this machine, private networks and cloud metadata',
  kind: 'notice',
  detection: '`scripts/workspace-firewall.sh status`, as root on the machine whose Docker runs the workspaces',
  causes: ['the firewall script was never run', 'the machine was started anew: the rules are gone after a reboot'],
  detect: async (examination) => {
    if (!(await examination.container('litellm'))) return notExamined('the deployment is not in containers here');
    const host = process.env['DOCKER_HOST'] || examination.settings.docker.host;
    if (host && !host.startsWith('unix:')) return notExamined(`Docker runs elsewhere (${host})`);
    const { status, stderr } = spawnSync(SCRIPT, ['status'], { encoding: 'utf8', timeout: 20_000 });
    if (status === 0) return [];
    const said =
      stderr?.trim().split('\n').at(-1)?.replace('workspace-firewall: ', '') || 'the script could not be run';
    if (!said.includes('not set')) return notExamined(`firewall: ${said}`);
    return [
      {
        cause: 'nothing keeps workspaces from what listens on this machine and in its private network',
        evidence: ['iptables holds no rules for bridges named gws…'],
        fix: [`sudo ${relative(process.cwd(), SCRIPT)} install   # and at every boot; exceptions: docs/security.md`],
      },
    ];
  },
};
