import { found, notFound, type Symptom, skipped, step } from '../symptom';

/** What no option of a Docker network blocks: the services of the machine that the workspaces run on. */
export const hostOpen: Symptom = {
  id: 'host-open',
  title: 'workspaces may reach services of this machine, private networks and cloud metadata',
  kind: 'notice',
  detection: '`scripts/workspace-firewall.sh status`, as root on the machine whose Docker runs the workspaces',
  causes: ['the firewall script was never run', 'the machine was restarted: the rules do not survive a reboot'],
  detect: async (doctor) => {
    const { runtime, machine } = doctor;
    if (!(await doctor.state('litellm'))) return skipped('the deployment does not run in containers on this machine');
    if (runtime.remoteHost) return skipped(`${runtime.name} runs on another machine (${runtime.remoteHost})`);
    const { set, message } = machine.firewall();
    if (set) return notFound;
    if (!message.includes('not set')) return skipped(`firewall: ${message}`);
    return found({
      cause: 'no firewall separates workspaces from services on this machine and in its private network',
      evidence: ['iptables has no rules for bridges named gws…'],
      fix: [
        step(
          'Install the rules now and at every boot (docs/security.md describes exceptions):',
          'sudo scripts/workspace-firewall.sh install',
        ),
      ],
    });
  },
};
