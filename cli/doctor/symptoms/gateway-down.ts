import type { Symptom } from '../symptom';

/** Nothing answers where the gateway should be, and no other symptom says why. */
export const gatewayDown: Symptom = {
  id: 'gateway-down',
  title: 'nothing answers where the gateway should be',
  detection: "GATEWAY_URL, or the edge in LiteLLM's place, does not answer; the containers' states say why",
  causes: [
    'it was not deployed',
    'it is stopped',
    'it is still starting: the first start takes up to two minutes',
    'GATEWAY_URL is wrong',
  ],
  detect: async (examination) => {
    const health = await examination.health();
    if (health.reachable) return [];
    const litellm = await examination.container('litellm');
    const edge = await examination.container('edge');
    // LiteLLM runs, so that it is the edge in front of it that does not answer.
    const role = litellm?.State.Running && edge && !edge.State.Running ? 'edge' : 'litellm';
    const container = role === 'edge' ? edge : litellm;
    const name = examination.containerName(role);
    const trouble = await examination.dockerTrouble();
    const state = container?.State;
    const starting = state?.Running === true && state.Health?.Status === 'starting';
    const evidence = [
      health.trouble,
      state
        ? `${name}: ${state.Status}, exit code ${state.ExitCode}, health ${state.Health?.Status ?? 'unknown'}`
        : trouble
          ? `Docker does not answer: ${trouble}`
          : `there is no container ${name}, or GATEWAY_URL is not its port`,
    ];
    const explains = ['provisioner-cut-off', 'workspace-cut-off'];
    if (starting)
      return [
        {
          cause: 'the gateway is still starting',
          evidence,
          fix: [`docker logs --follow ${name}   # the first start takes up to two minutes`],
          explains,
        },
      ];
    if (state?.Status === 'restarting') {
      const words = (await examination.log(role)).trimEnd().split('\n').at(-1)?.trim().slice(0, 200);
      return [
        {
          cause: `the gateway ends after each start (exit code ${state.ExitCode})`,
          evidence: [...evidence, ...(words ? [`${role}.log: ${words}`] : [])],
          fix: [`docker logs --tail 50 ${name}   # why`],
          explains,
        },
      ];
    }
    if (state && !state.Running)
      return [
        {
          cause: `the gateway is stopped (exit code ${state.ExitCode})`,
          evidence,
          fix: [`docker start ${name}`, `docker logs --tail 50 ${name}   # if it stops again`],
          explains,
        },
      ];
    if (state)
      return [
        {
          cause: 'the gateway runs and does not answer on its port',
          evidence,
          fix: [`docker restart ${examination.containerName('edge')} ${name}`],
          explains,
        },
      ];
    return [
      {
        cause: 'the gateway is not there',
        evidence,
        fix: ['make plan && make deploy', '# or set GATEWAY_URL to where it runs'],
        explains,
      },
    ];
  },
};
