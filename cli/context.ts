import type { Command } from 'commander';
import { loadSettings } from '../settings/load';
import { type Settings, settingsSchema } from '../settings/schema';

/** Options that many commands take; the files only where a command needs them. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly secretsFile: string;
  readonly settings: string;
}

/** A command's own options together with the global ones. */
export const optionsOf = <Own extends object = object>(command: Command): Own & GlobalOptions =>
  command.optsWithGlobals<Own & GlobalOptions>();

/**
 * The gateway's address as the host sees it: `GATEWAY_URL`, else localhost with the port of the settings.
 *
 * @param settings - of the deployment; `gateway.yaml` in the working directory by default, every default where there is none
 */
export const gatewayUrl = (settings?: Settings) =>
  address('GATEWAY_URL', () => (settings ?? settingsHere()).litellm.port);

/** The key-provisioner's address as the host sees it: `GATEWAY_PROVISIONER_URL`, else as {@link gatewayUrl}. */
export const provisionerUrl = (settings?: Settings) =>
  address('GATEWAY_PROVISIONER_URL', () => (settings ?? settingsHere()).key_provisioner.port);

const address = (variable: string, port: () => number) =>
  (process.env[variable] || `http://localhost:${port()}`).replace(/\/+$/, '');

/** Commands that need an address only also work beside settings that are missing or broken. */
function settingsHere(): Settings {
  try {
    return loadSettings(undefined, { localProcesses: true }); // a demo may run by them
  } catch {
    return settingsSchema.parse({});
  }
}
