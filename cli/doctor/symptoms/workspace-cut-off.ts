import { WORKSPACE_GATEWAY_URL } from '../../../litellm-config/gateway-json';
import { notExamined, type Symptom } from '../symptom';
import type { WorkspaceFacts } from '../workspace-facts';

/** An agent waits for an answer that never comes: the gateway cannot be reached from its workspace. */
export const workspaceCutOff: Symptom = {
  id: 'workspace-cut-off',
  title: 'an agent gets no answer at all',
  detection: "the gateway's readiness, asked from inside the workspace and from here",
  causes: ["the workspace's door is stopped", 'the door left the platform’s network', 'a firewall on the host'],
  detect: async (examination) => {
    const trouble = await examination.workspaceTrouble();
    if (trouble) return notExamined(trouble);
    const { gateway, gatewayExit } = (await examination.workspace()) as WorkspaceFacts;
    if (gateway !== 0 && gateway < 500) return [];
    const workspace = examination.options.workspace ?? '';
    const health = await examination.health();
    const why =
      gateway !== 0
        ? `the door answers ${gateway}: it does not reach the gateway`
        : gatewayExit === 127
          ? 'the workspace has no curl, so nobody can tell'
          : ({ 6: 'the name "litellm" does not resolve', 7: 'nothing listens behind the name', 28: 'nothing answers' }[
              gatewayExit
            ] ?? `curl ends with ${gatewayExit}`);
    if (gatewayExit === 127) return notExamined(why);
    return [
      {
        cause: `the workspace does not reach the gateway: ${why}`,
        evidence: [
          `curl ${WORKSPACE_GATEWAY_URL}/health/readiness in ${workspace}: ${gateway || `exit code ${gatewayExit}`}`,
          health.reachable ? 'from here the gateway answers' : health.trouble,
        ],
        fix: [
          `docker ps --all --filter name=door   # is the workspace's door running?`,
          '# stop and start the workspace in Coder: it makes door and network anew',
        ],
      },
    ];
  },
};
