/**
 * The library: constructs and stacks of a governed AI gateway, and the settings they are made from.
 *
 * @example
 * const app = new App();
 * const settings = gatewaySettings({ providers: { anthropic: { credentials: 'variable' } } });
 * new PlatformStack(app, 'platform', { settings });
 * new ContractorWorkspaceStack(app, 'contractor-workspace', { settings });
 * app.synth();
 */
export { CoderProvider } from './bindings/coder/lib/provider';
export { catalog, type ModelName } from './catalog/catalog';
export type { Catalog, Deployment, Model, Prices, Provider } from './catalog/model';
export { ContractorWorkspace, type ContractorWorkspaceProps } from './constructs/docker/contractor-workspace';
export { Platform, type PlatformProps } from './constructs/docker/platform';
export type { PublishedUrls } from './constructs/docker/published-urls';
export { HostedStack } from './constructs/terraform/hosted-stack';
export { gatewaySettings } from './settings/gateway-settings';
export { loadSettings } from './settings/load';
export { SettingsError, type SettingsProblem } from './settings/problems';
export type { Settings, SettingsInput } from './settings/schema';
export { ContractorWorkspaceStack } from './stacks/contractor-workspace-stack';
export { PlatformStack } from './stacks/platform-stack';
