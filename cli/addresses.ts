import { type Settings, settingsSchema } from '../settings/schema';
import type { CommandContext } from './context';
import { hasSettingsFile } from './settings-file';

/**
 * The gateway's address as this machine sees it.
 *
 * It is `GATEWAY_URL` where that is set: an address given by the environment needs no settings, so no file is read then and a
 * broken one does not matter. Otherwise it is localhost with the port of the settings.
 *
 * @param settings - of the deployment; by default `gateway.yaml` in the working directory, or every default where there is none
 * @throws SettingsError where `gateway.yaml` is needed, exists and is broken
 */
export const gatewayUrl = (context: CommandContext, settings?: Settings): string =>
  address(context.env['GATEWAY_URL'], () => (settings ?? settingsHere(context)).litellm.port);

/** The key-provisioner's address: `GATEWAY_PROVISIONER_URL`, else as {@link gatewayUrl}. */
export const provisionerUrl = (context: CommandContext, settings?: Settings): string =>
  address(context.env['GATEWAY_PROVISIONER_URL'], () => (settings ?? settingsHere(context)).key_provisioner.port);

const address = (given: string | undefined, port: () => number) =>
  (given || `http://localhost:${port()}`).replace(/\/+$/, '');

const settingsHere = ({ cwd, loadSettings }: CommandContext): Settings =>
  hasSettingsFile(cwd) ? loadSettings() : settingsSchema.parse({});
