import type { Symptom } from '../symptom';

/** The key-provisioner lives, and cannot reach a gateway that lives too. */
export const provisionerCutOff: Symptom = {
  id: 'provisioner-cut-off',
  title: 'workspaces get no key: the key-provisioner does not reach the gateway',
  detection: "the key-provisioner's own readiness, while the gateway answers from here",
  causes: ['the two containers share no network any more', 'the gateway was replaced and has another address'],
  detect: async (examination) => {
    const provisioner = await examination.provisionerHealth();
    if (!provisioner.reachable || provisioner.litellm === 'ready') return [];
    const health = await examination.health();
    return [
      {
        cause: 'the key-provisioner does not reach the gateway',
        evidence: [
          `GET /health/ready: the gateway is ${provisioner.litellm}`,
          health.reachable ? `from here the gateway answers (readiness ${health.status})` : health.trouble,
        ],
        fix: [
          `docker restart ${examination.containerName('key-provisioner')}`,
          'make plan && make deploy   # puts networks back as they are meant',
        ],
      },
    ];
  },
};
