import type { GatewayConfiguration } from '../../images/key-provisioner/src/configuration';
import type { Scope, Settings } from '../../settings/schema';
import type { Deployment } from '../schema';

/** The policies as the key-provisioner has them, and what LiteLLM is told of them besides. */
export function describePolicies(
  { policies }: Settings,
  provisioner: GatewayConfiguration['policies'],
): Deployment['policies'] {
  const allowing = (scope: Scope) => ({ ...structuredClone(provisioner[scope]), allow: [...policies[scope].allow] });
  return {
    person: { ...provisioner.person },
    workspace: allowing('workspace'),
    user: allowing('user'),
    ci: allowing('ci'),
    'agent:review': allowing('agent:review'),
    'agent:write': allowing('agent:write'),
  };
}
