/** Synthesizes both stacks: `node --import tsx main.ts`, or `cdktf synth`. `GATEWAY_SETTINGS` names another settings file. */
import { App } from 'cdktf';
import { writeArtifacts } from './constructs/artifacts';
import { CatalogError, modelsWithoutProvider } from './litellm-config/resolve';
import { loadSettings, SettingsError } from './settings/load';
import { ContractorWorkspaceStack } from './stacks/contractor-workspace-stack';
import { PlatformStack } from './stacks/platform-stack';

try {
  const settings = loadSettings(process.env.GATEWAY_SETTINGS);
  for (const { name, provider } of modelsWithoutProvider(settings)) {
    console.error(`${name} is left out: providers.${provider}.credentials is off`);
  }
  const app = new App();
  const platform = new PlatformStack(app, 'platform', { settings });
  new ContractorWorkspaceStack(app, 'contractor-workspace', { settings });
  app.synth();
  writeArtifacts(app.outdir, platform);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof CatalogError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
