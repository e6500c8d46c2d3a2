import { checkSettings } from './load';
import type { Settings, SettingsInput } from './schema';

/**
 * Settings written in TypeScript instead of `gateway.yaml`: the same fields, defaults and checks.
 *
 * @example
 * gatewaySettings({ name: 'acme', providers: { anthropic: { credentials: 'variable' } } }).litellm.port; // 4000
 *
 * @throws SettingsError with every problem
 */
export const gatewaySettings = (input: SettingsInput): Settings => checkSettings(input, 'gatewaySettings()');
