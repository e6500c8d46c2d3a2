/**
 * The platform stack as `main.ts` makes it, with models answered by LiteLLM itself unless the settings name a provider's
 * address: `cdktf deploy --app`. A test that changes a health check names the new interval in PROVISIONER_HEALTH_INTERVAL.
 */
import { App } from 'cdktf';
import { proxyConfigYaml } from '../../../litellm-config/proxy-config';
import { loadSettings } from '../../../settings/load';
import { writeArtifacts } from '../../../stacks/artifacts';
import { PlatformStack } from '../../../stacks/platform-stack';
import { platformWorkloads } from '../../../workloads/platform';
import type { Workload } from '../../../workloads/workload';

const settings = loadSettings(process.env.GATEWAY_SETTINGS);
const interval = Number(process.env.PROVISIONER_HEALTH_INTERVAL ?? 0);
const adjusted = (workload: Workload): Workload =>
  interval > 0 && workload.name === 'key-provisioner'
    ? { ...workload, health: { ...workload.health, intervalSeconds: interval } }
    : workload;

const mock = (['anthropic', 'bedrock'] as const).filter((provider) => !settings.providers[provider].api_base);
const config = proxyConfigYaml(settings, { mock });
const app = new App();
const platform = new PlatformStack(app, 'platform', {
  settings,
  workloads: platformWorkloads(settings, { litellm: { config } }).map(adjusted),
});
app.synth();
writeArtifacts(app.outdir, platform);
