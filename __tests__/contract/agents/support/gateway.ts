import { join } from 'node:path';
import { type AgentContext, renderAgentFiles } from '../../../../images/key-provisioner/src/agents';
import type { Agent } from '../../../../images/key-provisioner/src/configuration';
import { ALLOWED_ROUTES } from '../../../../images/key-provisioner/src/keys/routes';
import { gatewayConfiguration } from '../../../../litellm-config/gateway-json';
import { cacheDirectory } from '../../../../runtime/installation/directories';
import { eventually, send } from '../../support/requests';
import { type Options, startScriptedAnthropic } from '../../support/scripted-anthropic/scripted-anthropic';
import { type Gateway, startGateway } from '../../support/start-gateway';
import { type Client, installClients } from './clients';
import { startRecorder } from './recorder';
import { Workspace } from './workspace';

export { costOf } from './cost';
export { renderAgentFiles };

const MODELS = ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4'];

/** The real clients, the real LiteLLM and, in the provider's place, a script. */
export async function startAgentsGateway(script: Options = {}) {
  const programs = await installClients();
  const upstream = await startScriptedAnthropic(script);
  const gateway = await startGateway({ mock: ['bedrock'], apiBase: { anthropic: upstream.url } });
  const recorder = await startRecorder(gateway.url);

  /** A key of the gateway: one workspace's. */
  async function newKey(limits: object = {}): Promise<string> {
    const { body } = await send('POST', `${gateway.url}/key/generate`, gateway.masterKey, {
      models: MODELS,
      max_budget: 5,
      budget_duration: '30d',
      duration: '30d',
      rpm_limit: 100,
      // What a provisioned key may call, and no more.
      allowed_routes: ALLOWED_ROUTES,
      ...limits,
    });
    if (!body.key) throw new Error(`LiteLLM made no key: ${JSON.stringify(body)}`);
    return body.key;
  }

  /** A workspace with these agents, and a key of its own unless one is given. `url`: where its agents find the gateway. `model`: what was chosen. */
  async function newWorkspace(
    agents: readonly Agent[],
    key?: string,
    { url = recorder.url, model = MODELS[0]! }: { url?: string; model?: string } = {},
  ): Promise<Workspace & { key: string }> {
    const workspace = new Workspace();
    const owned = key ?? (await newKey());
    await workspace.configure(agents, contextOf(gateway, url, owned, model));
    return Object.assign(workspace, { key: owned });
  }

  /** How each client is started for one task: by the image's own wrappers. */
  const wrapped = {
    OPENCODE_PROGRAM: programs.opencode,
    CLAUDE_PROGRAM: programs.claude,
    CODEX_PROGRAM: programs.codex,
    CLINE_PROGRAM: programs.cline,
    KILO_PROGRAM: programs.kilo,
    COPILOT_PROGRAM: programs.copilot,
    // As in the image, it does not unpack itself into each home.
    COPILOT_PKG_CACHE_HOME: join(cacheDirectory(), 'clients/copilot-unpacked'),
    AIDER_PYTHON: programs.aider.replace(/aider$/, 'python'),
  };
  const ask: Record<Client, AskClient> = {
    opencode: (workspace, prompt, env) => workspace.run('opencode', ['run', prompt], { ...wrapped, ...env }),
    claude: (workspace, prompt, env) =>
      workspace.run('claude', ['-p', '--permission-mode', 'acceptEdits', prompt], { ...wrapped, ...env }),
    codex: (workspace, prompt, env) =>
      workspace.run('codex', ['exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', prompt], {
        ...wrapped,
        ...env,
      }),
    cline: (workspace, prompt, env) => workspace.run('cline', [prompt], { ...wrapped, ...env }),
    kilo: (workspace, prompt, env) => workspace.run('kilo', ['run', prompt], { ...wrapped, ...env }),
    copilot: (workspace, prompt, env) =>
      workspace.run('copilot', ['--allow-all-tools', '-p', prompt], { ...wrapped, ...env }),
    aider: (workspace, prompt, env) =>
      workspace.run('aider', ['--yes-always', '--message', prompt], { ...wrapped, ...env }),
  };

  return {
    programs,
    wrapped,
    upstream,
    gateway,
    /** What the clients sent, as they sent it. */
    sent: recorder.requests,
    newKey,
    newWorkspace,
    ask,
    async spendOf(key: string): Promise<number> {
      const { body } = await send('GET', `${gateway.url}/key/info?key=${key}`, gateway.masterKey);
      return body.info.spend;
    },
    async stop() {
      recorder.stop();
      await gateway.stop();
      await upstream.stop();
    },
  };
}

export type AgentsGateway = Awaited<ReturnType<typeof startAgentsGateway>>;
export type AskClient = (
  workspace: Workspace,
  prompt: string,
  env?: Record<string, string>,
) => ReturnType<Workspace['run']>;

function contextOf(gateway: Gateway, gatewayUrl: string, key: string, chosen: string): Omit<AgentContext, 'home'> {
  // Bedrock's models are LiteLLM's own answers here; with them Claude Code would leave out what only Anthropic's API has.
  const providers = { ...gateway.settings.providers, bedrock: { credentials: 'off' as const } };
  const configuration = gatewayConfiguration({ ...gateway.settings, providers }, { gatewayUrl });
  const named = (name: string) => configuration.models.find((model) => model.name === name)!;
  const [model, smallModel] = [named(chosen), named('claude-haiku-4-5')];
  return { configuration, model, smallModel, models: [...new Set([chosen, ...MODELS])].map(named), key };
}

/** Waits until LiteLLM has written down the spend, and checks it to the last digit. */
export async function expectSpend(agents: AgentsGateway, key: string, usd: number): Promise<void> {
  await eventually(async () => expect((await agents.spendOf(key)).toFixed(10)).toBe(usd.toFixed(10)), 60);
}
