import type { Symptom } from '../symptom';

/** Workspaces start without a key because the key-provisioner does not answer. */
export const provisionerDown: Symptom = {
  id: 'provisioner-down',
  title: 'workspaces get no key: the key-provisioner does not answer',
  detection: "GATEWAY_PROVISIONER_URL does not answer; the container's state and log say why",
  causes: [
    'it is stopped',
    'a secret or gateway.json is wrong, and it refuses to start',
    'GATEWAY_PROVISIONER_URL is wrong',
  ],
  detect: async (examination) => {
    const health = await examination.provisionerHealth();
    if (health.reachable) return [];
    const container = await examination.container('key-provisioner');
    const name = examination.containerName('key-provisioner');
    const refused = /cannot start:\n([\s\S]*)/
      .exec(await examination.log('key-provisioner'))?.[1]
      ?.split('\n')[0]
      ?.trim();
    return [
      {
        cause: refused
          ? `the key-provisioner refuses to start: ${refused}`
          : !container
            ? 'the key-provisioner is not there'
            : container.State.Status === 'restarting'
              ? `the key-provisioner ends after each start (exit code ${container.State.ExitCode})`
              : container.State.Running
                ? 'the key-provisioner runs and does not answer on its port'
                : 'the key-provisioner is stopped',
        evidence: [
          health.trouble,
          ...(container ? [`${name}: ${container.State.Status}, exit code ${container.State.ExitCode}`] : []),
        ],
        fix: refused
          ? ['# repair what it names in secrets.tfvars or gateway.yaml, then', 'make plan && make deploy']
          : container?.State.Running
            ? [`docker logs --tail 50 ${name}   # why`, `docker restart ${name}`]
            : container
              ? [`docker start ${name}`]
              : ['make plan && make deploy', '# or set GATEWAY_PROVISIONER_URL to where it runs'],
        explains: ['provisioner-cut-off'],
      },
    ];
  },
};
