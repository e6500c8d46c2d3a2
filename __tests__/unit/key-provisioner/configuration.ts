import { gatewayConfiguration } from '../../../litellm-config/gateway-json';
import { parseSettings } from '../../../settings/load';

/** What a deployment with default settings gives the key-provisioner. */
export const configuration = gatewayConfiguration(parseSettings('providers: { anthropic: { credentials: variable } }'));

export const SECRETS = {
  adminToken: 'the-admin-token-of-these-tests-0123456789',
  workspaceIdentitySecret: 'the-identity-secret-of-these-tests-0123456789',
  keyDerivationSecret: 'the-derivation-secret-of-these-tests-0123456789',
};
