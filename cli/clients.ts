import type { Settings } from '../settings/schema';
import { gatewayUrl, provisionerUrl } from './addresses';
import type { CommandContext } from './context';
import { adminToken } from './credentials';
import { GatewayClient } from './gateway-client';
import type { CredentialOptions } from './options';
import { ProvisionerClient } from './provisioner-client';

/** @throws SettingsError as {@link gatewayUrl} does */
export const gatewayClient = (context: CommandContext, settings?: Settings): GatewayClient =>
  new GatewayClient(context.http, gatewayUrl(context, settings));

/**
 * A client that shows the key-provisioner one credential.
 *
 * @param credential admin credential, session token or virtual key, as its calls need
 * @throws SettingsError as {@link provisionerUrl} does
 */
export const provisionerClient = (
  context: CommandContext,
  credential: string,
  settings?: Settings,
): ProvisionerClient => new ProvisionerClient(context.http, provisionerUrl(context, settings), credential);

/**
 * A client for the key-provisioner's admin API.
 *
 * @throws SettingsError where the address needs `gateway.yaml` and that is broken
 * @throws CliError (usage) where there is no admin credential
 */
export function adminClient(context: CommandContext, { secretsFile }: CredentialOptions): ProvisionerClient {
  const url = provisionerUrl(context);
  return new ProvisionerClient(context.http, url, adminToken(context, secretsFile));
}
