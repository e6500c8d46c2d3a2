import { PROVIDERS, type Provider } from '../litellm-config/model.ts';
import { neededCredentials } from '../settings/credentials.ts';
import type { Settings } from '../settings/schema.ts';

/** Which providers are asked and which LiteLLM stands in for, and the credentials `config.yaml` refers to. */
export interface ProviderChoice {
  readonly real: readonly Provider[];
  readonly mock: readonly Provider[];
  /** Variables for LiteLLM: real credentials, or a word that leads nowhere. */
  readonly env: Record<string, string>;
}

/** What a mocked provider's credential is set to, so that `config.yaml` can stay as deployed. */
const PLACEHOLDER = 'unused-in-the-demo';

/** A provider is real where all of its required credentials are in the environment, unless `mockAll` says otherwise. */
export function chooseProviders(
  settings: Settings,
  env: NodeJS.ProcessEnv = process.env,
  mockAll = false,
): ProviderChoice {
  const real: Provider[] = [];
  const variables: Record<string, string> = {};
  for (const { provider, credentials } of neededCredentials(settings)) {
    const isReal = !mockAll && credentials.every(({ required, environment }) => !required || env[environment]);
    if (isReal) real.push(provider);
    for (const { environment, required } of credentials) {
      const value = isReal ? env[environment] : required ? PLACEHOLDER : undefined;
      if (value) variables[environment] = value;
    }
  }
  return { real, mock: PROVIDERS.filter((provider) => !real.includes(provider)), env: variables };
}
