import { WORKSPACE_GATEWAY_URL } from '../../../litellm-config/gateway-json';
import { found, notFound, type Symptom, skipped, step } from '../symptom';
import type { WorkspaceFacts } from '../workspace-facts';

/** Of curl, and of a shell that has no curl. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  6: 'the name "litellm" does not resolve',
  7: 'nothing is listening behind the name',
  28: 'no answer',
};
const NO_CURL = 127;

/** An agent waits for an answer that never comes: the gateway is unreachable from its workspace. */
export const workspaceCutOff: Symptom = {
  id: 'workspace-cut-off',
  title: 'an agent gets no answer at all',
  detection: "the gateway's readiness, requested from inside the workspace and from here",
  causes: ["the workspace's door is stopped", "the door has left the platform's network", 'a firewall on the host'],
  detect: async (doctor) => {
    const facts = await doctor.workspace();
    if (!facts) return skipped(await doctor.workspaceError());
    const { gatewayStatus, gatewayExitCode } = facts;
    if (gatewayStatus !== 0 && gatewayStatus < 500) return notFound;
    if (gatewayStatus === 0 && gatewayExitCode === NO_CURL) return skipped('the workspace has no curl to test with');
    const { workspace = '' } = doctor.props;
    const health = await doctor.gatewayHealth();
    return found({
      cause: `the workspace does not reach the gateway: ${reason(facts)}`,
      evidence: [
        `curl ${WORKSPACE_GATEWAY_URL}/health/readiness in ${workspace}: ${gatewayStatus || `exit code ${gatewayExitCode}`}`,
        health.reachable ? 'from here the gateway answers' : health.error,
      ],
      fix: [
        step("Check that the workspace's door is running:", doctor.runtime.commands.list('door')),
        step('If not, stop and start the workspace in Coder, which creates its door and network again.'),
      ],
    });
  },
};

function reason({ gatewayStatus, gatewayExitCode }: WorkspaceFacts): string {
  if (gatewayStatus !== 0) return `the door answers ${gatewayStatus}: it does not reach the gateway`;
  return EXIT_CODES[gatewayExitCode] ?? `curl ends with exit code ${gatewayExitCode}`;
}
