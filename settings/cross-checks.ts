import { enabledNames, modelsWithoutProvider } from '../litellm-config/resolve';
import type { SettingsProblem } from './problems';
import type { Settings } from './schema';

/** What one field alone cannot tell. */
export function crossChecks(settings: Settings): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const enabled = enabledNames(settings);
  const off = new Map(modelsWithoutProvider(settings).map(({ name, provider }) => [name, provider]));
  const why = (name: string) => {
    const provider = off.get(name);
    return provider
      ? `"${name}" is served by ${provider}, which is off; set providers.${provider}.credentials, or choose one of ${list(enabled)}`
      : `"${name}" is not among models.enabled; enable it, or choose one of ${list(enabled)}`;
  };

  if (enabled.length === 0) {
    problems.push({
      path: 'providers',
      message:
        'no model is left: every provider of the enabled models is off; switch one on, for example providers.anthropic.credentials: variable',
    });
    return problems;
  }
  for (const use of ['default', 'small'] as const) {
    const name = settings.models[use];
    if (!enabled.includes(name)) problems.push({ path: `models.${use}`, message: why(name) });
  }
  for (const [scope, policy] of Object.entries(settings.policies)) {
    if (!('models' in policy) || policy.models === 'all') continue;
    const usable = policy.models.filter((name) => enabled.includes(name));
    if (usable.length === 0) {
      problems.push({
        path: `policies.${scope}.models`,
        message: `none of its models is served: ${policy.models.map(why).join('; ')}`,
      });
    }
  }
  if (settings.providers.bedrock.credentials !== 'off' && !settings.providers.bedrock.region) {
    problems.push({
      path: 'providers.bedrock.region',
      message: 'is missing; name an AWS region, for example us-east-1',
    });
  }
  if (settings.providers.vertex_ai.credentials !== 'off' && !settings.providers.vertex_ai.region) {
    problems.push({ path: 'providers.vertex_ai.region', message: 'is missing; name a region, for example us-east5' });
  }
  const ports: [string, number][] = [
    ['litellm.port', settings.litellm.port],
    ['key_provisioner.port', settings.key_provisioner.port],
    ...(settings.coder.server ? ([['coder.port', settings.coder.port]] as [string, number][]) : []),
  ];
  ports.forEach(([path, port], index) => {
    const twin = ports.slice(0, index).find(([, other]) => other === port);
    if (twin) problems.push({ path, message: `found ${port}, which ${twin[0]} uses too; give each its own port` });
  });
  if (settings.workspace.egress === 'none' && !settings.coder.url && !settings.coder.server) {
    problems.push({
      path: 'coder.url',
      message:
        'is missing; with workspace.egress none, workspaces reach Coder through their door, which needs its address',
    });
  }
  if (settings.coder.confirm_workspaces && !settings.coder.url && !settings.coder.server) {
    problems.push({ path: 'coder.url', message: 'is missing; confirm_workspaces needs the address of Coder' });
  }
  return problems;
}

const list = (words: readonly string[]) => words.join(', ');
