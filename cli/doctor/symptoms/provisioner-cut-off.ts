import { DEPLOY, found, notFound, type Symptom, step } from '../symptom';

/** The key-provisioner runs, and cannot reach a gateway that runs too. */
export const provisionerCutOff: Symptom = {
  id: 'provisioner-cut-off',
  title: 'workspaces get no key: the key-provisioner does not reach the gateway',
  detection: "the key-provisioner's own readiness, while the gateway answers from here",
  causes: ['the two containers no longer share a network', 'the gateway was replaced and has another address'],
  detect: async (doctor) => {
    const provisioner = await doctor.provisionerHealth();
    if (!provisioner.reachable || provisioner.litellm === 'ready') return notFound;
    const gateway = await doctor.gatewayHealth();
    return found({
      cause: 'the key-provisioner does not reach the gateway',
      evidence: [
        `GET /health/ready: the gateway is ${provisioner.litellm}`,
        gateway.reachable ? `from here the gateway answers (readiness ${gateway.status})` : gateway.error,
      ],
      fix: [
        step('Restart it:', doctor.runtime.commands.restart(doctor.workloadName('key-provisioner'))),
        step('If that does not help, deploy again, which restores the networks:', DEPLOY),
      ],
    });
  },
};
